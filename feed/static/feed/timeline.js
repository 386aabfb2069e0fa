/** What follows the time of the clip in view: progress, captions and product cards, in every frame. And seeking. */
import { find } from "../site/mount.js";
import { showCaptions } from "./captions.js";
import { ProductCues } from "./product-cues.js";
import { Progress } from "./progress.js";

/** @import { Playback } from "./playback.js" */

export class Timeline {
  #progress = new Progress();
  #frame = 0;

  /** @param {Playback} playback */
  constructor(playback) {
    this.playback = playback;
    this.cues = new ProductCues(playback.feed);
  }

  /** Follow the clip in view, until `stop` is called. */
  start() {
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  stop() {
    cancelAnimationFrame(this.#frame);
  }

  /** @param {number} share  Of the duration, from 0 to 1. */
  seek(share) {
    const { video } = this.playback;
    if (video?.duration) video.currentTime = share * video.duration;
  }

  /** @param {number} seconds  Forward, or back if negative. */
  skip(seconds) {
    const { video } = this.playback;
    if (!video?.duration) return;
    video.currentTime = Math.max(0, Math.min(video.currentTime + seconds, video.duration - 0.1));
  }

  #tick() {
    const { entry, isStill, sound, video } = this.playback;
    if (video && entry && video.duration) {
      this.#progress.follow(find(entry.slide, "[data-part=bar]"), video);
      showCaptions(entry.slide, video, sound.hasCaptions);
    }
    // While a clip does not play, its first product is shown.
    const isHeld = isStill || Boolean(entry?.slide.dataset.state);
    if (entry) this.cues.show(entry, video?.duration ? video.currentTime * 1000 : 0, isHeld);
    this.start();
  }
}
