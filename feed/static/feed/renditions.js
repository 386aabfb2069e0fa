/** Which file of a clip to play: by the size of the stage, the measured throughput, Save-Data and codecs. */
const KEY = "feed-throughput";
const HEADROOM = 1.6;
const probe = document.createElement("video");
const playable = new Map();

function canPlay(codecs) {
  if (!playable.has(codecs)) playable.set(codecs, probe.canPlayType(`video/mp4; codecs="${codecs}"`) !== "");
  return playable.get(codecs);
}

export function savesData() {
  return Boolean(navigator.connection?.saveData);
}

/** Bits per second, as measured on the clips before; the browser's own guess at first; unknown is Infinity. */
export function throughput() {
  const measured = Number(sessionStorage.getItem(KEY));
  const guess = navigator.connection?.downlink;
  // Chromium reports at most 10 Mbit/s, to give nobody away: 10 means "10 or more".
  return measured || (guess && guess < 10 ? guess * 1e6 : Infinity);
}

/** Learn from what the network did for the last files; small and cached ones say nothing. */
export function watchThroughput() {
  if (!globalThis.PerformanceObserver) return;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const seconds = (entry.responseEnd - entry.responseStart) / 1000;
      if (entry.initiatorType !== "video" || entry.transferSize < 60_000 || seconds <= 0.005) continue;
      const now = (entry.transferSize * 8) / seconds;
      const before = Number(sessionStorage.getItem(KEY)) || now;
      sessionStorage.setItem(KEY, String(Math.round(0.6 * before + 0.4 * now)));
    }
  }).observe({ type: "resource", buffered: true });
}

/** Return the rendition for a stage of this many device pixels on its short side. */
export function choose(renditions, shortSidePx) {
  const known = renditions.filter((one) => canPlay(one.codecs));
  const usable = known.length ? known : renditions;
  if (savesData()) return usable[0];
  const limit = throughput() / HEADROOM;
  const affordable = usable.filter((one) => one.bitrate_bps <= limit);
  const candidates = affordable.length ? affordable : usable.slice(0, 1);
  const short = (one) => Math.min(one.width_px, one.height_px);
  const enough = candidates.filter((one) => short(one) >= shortSidePx * 0.85);
  if (!enough.length) return candidates.reduce((best, one) => (short(one) >= short(best) ? one : best));
  const least = Math.min(...enough.map(short));
  return enough
    .filter((one) => short(one) === least)
    .reduce((best, one) => (one.bitrate_bps < best.bitrate_bps ? one : best));
}
