/** Playback of the clip in view: sound, captions, progress, product cards, and watch time. */
import { find } from "../site/mount.js";
import { showCaptions } from "./captions.js";
import { ProductCues } from "./product-cues.js";
import { Progress } from "./progress.js";
import { setPressed, showSound } from "./slide.js";
import { readItem, writeItem } from "./storage.js";
import { VideoPool } from "./video-pool.js";
import { WatchReport } from "./watch-time.js";

/** @import { Feed } from "./player.js" */

const SOUND_KEY = "feed-sound";
const CAPTIONS_KEY = "feed-captions";
/** If the clip in view shows no first frame within this time, its neighbours are loaded anyway. */
const FIRST_FRAME_TIMEOUT_MS = 1200;
const SWIPE_ENDS_MS = 150; // after the first frame

export class Playback {
  #pool = new VideoPool();
  #progress = new Progress();
  #index = -1;
  /** @type {WatchReport | null} */
  #report = null;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #prepareTimer;
  /** Whether the viewer pressed play, which overrides reduced motion. */
  #wasRequested = false;

  /** @param {Feed} feed */
  constructor(feed) {
    this.feed = feed;
    this.hasSound = readItem(SOUND_KEY) === "on";
    this.captions = readItem(CAPTIONS_KEY);
    this.cues = new ProductCues(feed);
    this.reducesMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.addEventListener("visibilitychange", () => this.#onVisibilityChange());
    addEventListener("pagehide", () => this.reportWatched());
  }

  get video() {
    return this.#pool.at(this.#index);
  }

  /** Whether clips play only after the viewer presses play. */
  get isStill() {
    return this.reducesMotion && !this.#wasRequested;
  }

  /** Captions are on by default while there is no sound. */
  get hasCaptions() {
    return this.captions ? this.captions === "on" : (this.video?.muted ?? true);
  }

  /**
   * Play the clip at an index instead of the current one.
   * @param {number} index
   */
  show(index) {
    performance.clearMarks("feed-swipe");
    performance.mark("feed-swipe");
    this.#leave();
    this.#index = index;
    const entry = this.feed.entry(index);
    if (!entry) return this.#pool.clear();
    if (!this.video) this.#pool.place([index], () => entry);
    const video = /** @type {HTMLVideoElement} */ (this.video);
    entry.slide.classList.toggle("slide--paused", this.isStill);
    this.#report = new WatchReport(entry.clip, video);
    this.#awaitFirstFrame(index, video);
    if (!this.isStill) this.play();
    this.showSound();
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** Load the neighbours, the next one first. */
  prepare() {
    clearTimeout(this.#prepareTimer);
    this.#pool.rewindOthers(this.#index);
    if (!this.feed.entry(this.#index)) return this.#pool.clear();
    const neighbours = this.isStill ? [] : [this.#index + 1, this.#index - 1];
    this.#pool.place([this.#index, ...neighbours], (index) => this.feed.entry(index));
  }

  async play() {
    const { video } = this;
    if (!video) return;
    video.muted = !this.hasSound;
    this.feed.current?.slide.classList.remove("slide--paused");
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || video.muted) return;
      // Browsers refuse sound before the viewer has touched the page. Play without sound, and show how to turn it on.
      video.muted = true;
      this.showSound();
      video.play().catch(() => this.feed.current?.slide.classList.add("slide--paused"));
    }
  }

  /** Play the clip in view unless the viewer paused it. This retries a `play()` that was interrupted. */
  resume() {
    const isPaused = this.feed.current?.slide.classList.contains("slide--paused");
    if (this.video?.paused && !isPaused && !document.hidden) this.play();
  }

  toggle() {
    if (!this.video) return;
    this.#wasRequested = true;
    if (this.video.paused) {
      this.play();
      this.prepare();
    } else {
      this.video.pause();
      this.feed.current?.slide.classList.add("slide--paused");
    }
  }

  toggleSound() {
    if (!this.video) return;
    this.hasSound = this.video.muted;
    this.video.muted = !this.hasSound;
    writeItem(SOUND_KEY, this.hasSound ? "on" : "off");
    this.showSound();
  }

  toggleCaptions() {
    this.captions = this.hasCaptions ? "off" : "on";
    writeItem(CAPTIONS_KEY, this.captions);
    this.showSound();
  }

  /** Show on the slide's buttons whether sound and captions are on. */
  showSound() {
    const { slide } = this.feed.current ?? {};
    if (!slide) return;
    const isOn = this.video ? !this.video.muted : this.hasSound;
    showSound(slide, isOn, `${this.feed.root.dataset.icons}#${isOn ? "sound-on" : "sound-off"}`);
    setPressed(slide, "captions", this.hasCaptions);
  }

  /** @param {number} share  Of the duration, from 0 to 1. */
  seek(share) {
    if (this.video?.duration) this.video.currentTime = share * this.video.duration;
  }

  /** @param {number} seconds  Forward, or back if negative. */
  skip(seconds) {
    const { video } = this;
    if (!video?.duration) return;
    video.currentTime = Math.max(0, Math.min(video.currentTime + seconds, video.duration - 0.1));
  }

  reportWatched() {
    this.#report?.report();
  }

  #leave() {
    cancelAnimationFrame(this.#frame);
    this.#report?.stop();
    this.#report = null;
    this.video?.pause();
  }

  #tick() {
    const { video } = this;
    const entry = this.feed.entry(this.#index);
    if (video && entry && video.duration) {
      this.#progress.follow(find(entry.slide, "[data-part=bar]"), video);
      showCaptions(entry.slide, video, this.hasCaptions);
    }
    if (entry) this.cues.show(entry, video?.duration ? video.currentTime * 1000 : 0, this.isStill);
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /**
   * Load the neighbours after the first frame, so that they don't compete with it for network and processor.
   * @param {number} index
   * @param {HTMLVideoElement} video
   */
  #awaitFirstFrame(index, video) {
    clearTimeout(this.#prepareTimer);
    this.#prepareTimer = setTimeout(() => this.prepare(), FIRST_FRAME_TIMEOUT_MS);
    const onFrame = () => {
      if (this.#index !== index) return;
      performance.measure("feed-first-frame", { start: "feed-swipe", detail: { index } });
      clearTimeout(this.#prepareTimer);
      this.#prepareTimer = setTimeout(() => this.prepare(), SWIPE_ENDS_MS);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  #onVisibilityChange() {
    if (!document.hidden) return this.resume();
    this.reportWatched();
    this.video?.pause();
  }
}
