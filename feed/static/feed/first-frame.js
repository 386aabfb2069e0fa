/** The first frame after a swipe. The neighbours load after it, so that they don't compete for network and processor. */

/** If the clip in view shows no first frame within this time, its neighbours are loaded anyway. */
const TIMEOUT_MS = 1200;
const SWIPE_ENDS_MS = 150; // after the first frame

export class FirstFrame {
  #index = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} onShown  Called once after the first frame, when the swipe has ended. */
  constructor(onShown) {
    this.onShown = onShown;
  }

  /**
   * Wait for the first frame of the clip at an index, and no longer for that of another clip.
   * @param {number} index
   * @param {HTMLVideoElement} video
   */
  await(index, video) {
    this.#index = index;
    this.#wait(TIMEOUT_MS);
    video.requestVideoFrameCallback(() => {
      if (this.#index !== index) return;
      performance.measure("feed-first-frame", { start: "feed-swipe", detail: { index } });
      this.#wait(SWIPE_ENDS_MS);
    });
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** @param {number} ms */
  #wait(ms) {
    this.stop();
    this.#timer = setTimeout(this.onShown, ms);
  }
}
