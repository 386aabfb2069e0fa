/** View time: how long a photo post was seen. It counts as a view after two seconds with half of it visible. */
import { enqueue } from "./outbox.js";

/** @import { Clip } from "./clips.js" */

export const VIEW_AFTER_MS = 2000;
/** A page that is left open says nothing about its photos after this time. */
export const MAX_VIEW_MS = 60_000;

/** A stopwatch. Pure. */
export class ViewTime {
  #ms = 0;
  #since = -1;

  /**
   * @param {boolean} isVisible
   * @param {number} now  In milliseconds.
   */
  turn(isVisible, now) {
    this.#ms = this.at(now);
    this.#since = isVisible ? now : -1;
  }

  /** @param {number} now  In milliseconds. */
  at(now) {
    return this.#ms + (this.#since < 0 ? 0 : now - this.#since);
  }
}

/** Reports of how long one post was seen while it is the current one. */
export class ViewReport {
  #view = new ViewTime();
  #isHalfVisible = false;
  #isCounted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Clip} clip
   * @param {HTMLElement} slide
   */
  constructor(clip, slide) {
    this.clip = clip;
    this.update = () => this.#update();
    this.observer = new IntersectionObserver(
      (entries) => {
        this.#isHalfVisible = entries[entries.length - 1].intersectionRatio >= 0.5;
        this.#update();
      },
      { threshold: [0, 0.5] },
    );
    this.observer.observe(slide);
    document.addEventListener("visibilitychange", this.update);
  }

  /** Enqueue the time seen so far, if it counts as a view. */
  report() {
    const value = Math.round(Math.min(this.#view.at(performance.now()), MAX_VIEW_MS));
    if (value >= VIEW_AFTER_MS) enqueue({ token: this.clip.token, kind: "watch", value, loops: 0 });
  }

  /** Enqueue the time seen, and stop counting. */
  stop() {
    this.report();
    clearTimeout(this.#timer);
    this.observer.disconnect();
    document.removeEventListener("visibilitychange", this.update);
  }

  #update() {
    const now = performance.now();
    const isVisible = this.#isHalfVisible && !document.hidden;
    this.#view.turn(isVisible, now);
    clearTimeout(this.#timer);
    if (isVisible && !this.#isCounted)
      this.#timer = setTimeout(() => this.#count(), VIEW_AFTER_MS - this.#view.at(now));
  }

  #count() {
    this.#isCounted = true;
    enqueue({ token: this.clip.token, kind: "impression" });
  }
}
