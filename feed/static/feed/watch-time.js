/** Watch time: the milliseconds and loops of a clip that really played, and its impression after a second in view. */
import { enqueue } from "./outbox.js";

/** @import { Clip } from "./clips.js" */

const IMPRESSION_AFTER_MS = 1000;
/** A step between two time updates that is longer than this was a seek, not playback. */
const MAX_STEP_S = 1.5;
/** A step back from less than this before the end was a loop. */
const LOOP_END_S = 1;

/** A counter of what was played, computed from the positions that the video reports. Pure. */
export class WatchTime {
  ms = 0;
  loops = 0;
  #position;

  /** @param {number} position  Where playback begins, in seconds. */
  constructor(position) {
    this.#position = position;
  }

  /**
   * Count the playback up to a new position. Seeking does not count.
   * @param {number} position  In seconds.
   * @param {number} duration  In seconds.
   */
  advance(position, duration) {
    const step = position - this.#position;
    const rest = duration - this.#position;
    if (step < 0 && rest < LOOP_END_S) {
      this.loops += 1;
      this.ms += (rest + position) * 1000;
    } else if (step > 0 && step < MAX_STEP_S) {
      this.ms += step * 1000;
    }
    this.#position = position;
  }
}

/** Reports of one clip's watch time while it is in view. */
export class WatchReport {
  /**
   * @param {Clip} clip
   * @param {HTMLVideoElement} video
   */
  constructor(clip, video) {
    this.clip = clip;
    this.video = video;
    this.watched = new WatchTime(video.currentTime);
    this.advance = () => this.watched.advance(video.currentTime, video.duration);
    this.timer = setTimeout(() => this.#reportImpression(), IMPRESSION_AFTER_MS);
    video.addEventListener("timeupdate", this.advance);
  }

  /** Enqueue the time watched so far. */
  report() {
    this.advance();
    const { ms, loops } = this.watched;
    const value = Math.round(ms);
    if (value > 0) enqueue({ token: this.clip.token, kind: "watch", value, loops });
  }

  /** Enqueue the time watched, and stop counting. */
  stop() {
    clearTimeout(this.timer);
    this.report();
    this.video.removeEventListener("timeupdate", this.advance);
  }

  #reportImpression() {
    if (document.visibilityState === "visible") enqueue({ token: this.clip.token, kind: "impression" });
  }
}
