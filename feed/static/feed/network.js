/** What this browser and its connection can do: codecs, Save-Data, and the measured throughput. */

const STORAGE_KEY = "feed-throughput";
const MIN_SAMPLE_BYTES = 60_000;
const MIN_SAMPLE_S = 0.005;

/** @typedef {{saveData?: boolean, downlink?: number}} Connection  Of the Network Information API: Chromium only. */

/** @type {Map<string, boolean>} */
const playable = new Map();
/** @type {HTMLVideoElement | undefined} */
let probe;

/** @returns {Connection} */
const connection = () => /** @type {{connection?: Connection}} */ (navigator).connection ?? {};

/**
 * Return whether the browser can play these codecs in MP4.
 * @param {string} codecs  RFC 6381.
 * @returns {boolean}
 */
export function canPlay(codecs) {
  let isPlayable = playable.get(codecs);
  if (isPlayable === undefined) {
    probe ??= document.createElement("video");
    isPlayable = probe.canPlayType(`video/mp4; codecs="${codecs}"`) !== "";
    playable.set(codecs, isPlayable);
  }
  return isPlayable;
}

/** @returns {boolean} Whether the viewer asked to save data. */
export function savesData() {
  return Boolean(connection().saveData);
}

/**
 * Return the throughput in bits per second: the measured one, else the browser's estimate, else Infinity.
 * @param {number} measuredBps  0 when nothing was measured.
 * @param {number | undefined} downlinkMbps  The browser's estimate.
 * @returns {number}
 */
export function expectedThroughput(measuredBps, downlinkMbps) {
  if (measuredBps) return measuredBps;
  // Chromium reports at most 10 Mbit/s to protect privacy: 10 means "10 or more".
  return downlinkMbps && downlinkMbps < 10 ? downlinkMbps * 1e6 : Infinity;
}

/** @returns {number} The throughput to expect now, in bits per second. */
export function throughput() {
  return expectedThroughput(Number(sessionStorage.getItem(STORAGE_KEY)), connection().downlink);
}

/**
 * Return the moving average of the throughput, updated with another download. A download that was small or came from
 * a cache does not count.
 * @param {number} averageBps  0 when nothing was measured yet.
 * @param {{bytes: number, seconds: number}} download
 * @returns {number}
 */
export function averageThroughput(averageBps, { bytes, seconds }) {
  if (bytes < MIN_SAMPLE_BYTES || seconds <= MIN_SAMPLE_S) return averageBps;
  const bps = (bytes * 8) / seconds;
  return Math.round(0.6 * (averageBps || bps) + 0.4 * bps);
}

/** Measure the throughput of every video file that is loaded from now on, and of those loaded before. */
export function measureThroughput() {
  if (!globalThis.PerformanceObserver) return;
  new PerformanceObserver((list) => {
    for (const entry of /** @type {PerformanceResourceTiming[]} */ (list.getEntries())) {
      if (entry.initiatorType !== "video") continue;
      const before = Number(sessionStorage.getItem(STORAGE_KEY));
      const seconds = (entry.responseEnd - entry.responseStart) / 1000;
      const after = averageThroughput(before, { bytes: entry.transferSize, seconds });
      if (after !== before) sessionStorage.setItem(STORAGE_KEY, String(after));
    }
  }).observe({ type: "resource", buffered: true });
}
