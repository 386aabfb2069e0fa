/** The progress bar. The browser animates it, so that no script has to change its style in every frame. */
const MAX_DRIFT_MS = 120;

export class Progress {
  /** @type {HTMLElement | null} */
  #bar = null;
  /** @type {Animation | null} */
  #animation = null;
  #duration = 0;

  /**
   * Make a bar follow a video. Called for every frame, but corrects the bar only if the two have drifted apart.
   * @param {HTMLElement} bar
   * @param {HTMLVideoElement} video
   */
  follow(bar, video) {
    if (bar !== this.#bar || video.duration !== this.#duration || !this.#animation) this.#begin(bar, video.duration);
    const animation = /** @type {Animation} */ (this.#animation);
    const nowMs = video.currentTime * 1000;
    const isPlaying = !video.paused && !video.seeking && video.readyState > 2;
    const isRunning = animation.playState === "running";
    if (isRunning !== isPlaying || Math.abs(Number(animation.currentTime) - nowMs) > MAX_DRIFT_MS) {
      animation.currentTime = nowMs;
      if (isPlaying) animation.play();
      else animation.pause();
    }
    const percent = String(Math.round((video.currentTime / video.duration) * 10) * 10);
    if (bar.getAttribute("aria-valuenow") !== percent) bar.setAttribute("aria-valuenow", percent);
  }

  /**
   * @param {HTMLElement} bar
   * @param {number} durationS
   */
  #begin(bar, durationS) {
    this.#animation?.cancel();
    this.#bar = bar;
    this.#duration = durationS;
    const steps = [{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }];
    this.#animation = bar.children[0].animate(steps, { duration: durationS * 1000, fill: "both" });
  }
}
