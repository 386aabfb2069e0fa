/** Shows how far a clip has played, by an animation that the browser runs by itself: no frame of it costs a style change. */
const DRIFT_MS = 120;

export class Progress {
  #bar = null;
  #animation = null;
  #duration = 0;

  /** Have the bar say what the video does; called often, it changes something only where the two have come apart. */
  follow(bar, video) {
    if (bar !== this.#bar || video.duration !== this.#duration) this.#begin(bar, video.duration);
    const now = video.currentTime * 1000;
    const isMoving = !video.paused && !video.seeking && video.readyState > 2;
    const moves = this.#animation.playState === "running";
    if (moves !== isMoving || Math.abs(this.#animation.currentTime - now) > DRIFT_MS) {
      this.#animation.currentTime = now;
      if (isMoving) this.#animation.play();
      else this.#animation.pause();
    }
    const percent = String(Math.round((video.currentTime / video.duration) * 10) * 10);
    if (bar.getAttribute("aria-valuenow") !== percent) bar.setAttribute("aria-valuenow", percent);
  }

  #begin(bar, duration) {
    this.#animation?.cancel();
    this.#bar = bar;
    this.#duration = duration;
    const [line] = bar.children;
    this.#animation = line.animate([{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }], {
      duration: duration * 1000,
      fill: "both",
    });
  }
}
