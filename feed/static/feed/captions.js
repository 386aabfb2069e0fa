/** Captions in a line over the picture: large, on a dark background, and clear of the buttons. */
import { find } from "../site/mount.js";

/** @type {WeakMap<TextTrackCue, string>} */
const texts = new WeakMap();

/**
 * Show the captions for the current time. Called for every frame.
 * @param {HTMLElement} slide
 * @param {HTMLVideoElement} video
 * @param {boolean} isShown
 */
export function showCaptions(slide, video, isShown) {
  const line = find(slide, "[data-part=captions]");
  const track = video.textTracks[0];
  if (track && track.mode !== "hidden") track.mode = "hidden";
  const cues = isShown && track?.activeCues ? [...track.activeCues] : [];
  const text = cues.map(cueText).join("\n");
  if (line.textContent !== text) line.textContent = text;
  if (line.hidden === Boolean(text)) line.hidden = !text;
}

/**
 * Return a cue's text without the tags that WebVTT allows in it.
 * @param {TextTrackCue} cue
 * @returns {string}
 */
function cueText(cue) {
  let text = texts.get(cue);
  if (text === undefined) {
    text = /** @type {VTTCue} */ (cue).getCueAsHTML().textContent ?? "";
    texts.set(cue, text);
  }
  return text;
}
