/** The choice of a clip's rendition. Pure: the abilities of the browser and the network are passed in. */

/**
 * @typedef {object} Rendition
 * @property {string} url
 * @property {string} codecs  RFC 6381.
 * @property {number} width_px
 * @property {number} height_px
 * @property {number} bitrate_bps
 *
 * @typedef {object} Conditions
 * @property {number} shortSidePx  The short side of the stage in device pixels.
 * @property {number} throughputBps  Infinity when unknown.
 * @property {boolean} savesData  Whether the viewer asked to save data.
 * @property {(codecs: string) => boolean} canPlay
 */

/** The network must be this many times faster than the bitrate. */
export const HEADROOM = 1.6;
/** A rendition is sharp enough if it has at least this share of the stage's pixels. */
export const SHARP_ENOUGH = 0.85;

/** @param {Rendition} rendition */
const shortSide = ({ width_px: width, height_px: height }) => Math.min(width, height);

/**
 * Return the smallest rendition that is sharp enough and that the network is fast enough for. If there is none, return
 * the largest one that the network is fast enough for. If there is none of these either, or if the viewer saves data,
 * return the first one.
 * @template {Rendition} R
 * @param {R[]} renditions  Smallest first.
 * @param {Conditions} conditions
 * @returns {R}
 */
export function chooseRendition(renditions, { shortSidePx, throughputBps, savesData, canPlay }) {
  const playable = renditions.filter(({ codecs }) => canPlay(codecs));
  const usable = playable.length ? playable : renditions;
  if (savesData) return usable[0];
  const affordable = usable.filter(({ bitrate_bps: bitrate }) => bitrate <= throughputBps / HEADROOM);
  const candidates = affordable.length ? affordable : usable.slice(0, 1);
  const sharp = candidates.filter((rendition) => shortSide(rendition) >= shortSidePx * SHARP_ENOUGH);
  if (!sharp.length) return candidates.reduce((best, next) => (shortSide(next) >= shortSide(best) ? next : best));
  const smallest = Math.min(...sharp.map(shortSide));
  return sharp
    .filter((rendition) => shortSide(rendition) === smallest)
    .reduce((best, next) => (next.bitrate_bps < best.bitrate_bps ? next : best));
}
