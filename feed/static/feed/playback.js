/** Playing the clip in view: sound, captions, progress, product moments, and what was watched of it. */
import { captionsAt } from "./captions.js";
import { store, stored } from "./storage.js";
import { Moments } from "./product-cues.js";
import { VideoPool } from "./video-pool.js";
import { Progress } from "./progress.js";
import { press } from "./slide.js";
import { Watched } from "./watch-time.js";
import { word } from "./messages.js";

const SOUND = "feed-sound";
const CAPTIONS = "feed-captions";
/** How long the neighbours wait for the first picture of the clip in view, and after it for the swipe to end. */
const NEIGHBOURS_AFTER_MS = 1200;
const SWIPE_ENDS_MS = 150;

export class Playback {
  #pool = new VideoPool();
  #progress = new Progress();
  #index = -1;
  #watched = null;
  #frame = 0;
  #waiting = 0;
  #asked = false;

  constructor(feed) {
    this.feed = feed;
    this.hasSound = stored(SOUND) === "on";
    this.captions = stored(CAPTIONS);
    this.moments = new Moments(feed);
    this.isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    addEventListener("pagehide", () => this.tellWatched());
  }

  get video() {
    return this.#pool.at(this.#index);
  }

  show(index) {
    performance.clearMarks("feed-swipe");
    performance.mark("feed-swipe");
    this.#leave();
    this.#index = index;
    const entry = this.feed.entry(index);
    if (!entry) return this.#pool.clear();
    if (!this.video) this.#pool.place([index], () => entry);
    entry.slide.classList.toggle("slide--paused", this.isStill && !this.#asked);
    this.#watched = new Watched(entry.clip, this.video);
    this.#firstFrame(index);
    if (!this.isStill || this.#asked) this.play();
    this.showSound();
    this.#frame = requestAnimationFrame(() => this.#tick());
    return undefined;
  }

  /** Have the neighbours ready: the next one first. */
  prepare() {
    clearTimeout(this.#waiting);
    this.#pool.rewind(this.#index);
    if (!this.feed.entry(this.#index)) return this.#pool.clear();
    const isStill = this.isStill && !this.#asked;
    const wanted = isStill ? [this.#index] : [this.#index, this.#index + 1, this.#index - 1];
    return this.#pool.place(wanted, (index) => this.feed.entry(index));
  }

  async play() {
    const { video } = this;
    if (!video) return;
    video.muted = !this.hasSound;
    this.feed.current.slide.classList.remove("slide--paused");
    try {
      await video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || video.muted) return;
      // Browsers refuse sound before the first touch of the page: play on without it, and show how to get it.
      video.muted = true;
      this.showSound();
      video.play().catch(() => this.feed.current?.slide.classList.add("slide--paused"));
    }
  }

  toggle() {
    if (!this.video) return;
    this.#asked = true;
    if (this.video.paused) {
      this.play();
      this.prepare();
    } else {
      this.video.pause();
      this.feed.current.slide.classList.add("slide--paused");
    }
  }

  toggleSound() {
    if (!this.video) return;
    this.hasSound = this.video.muted;
    this.video.muted = !this.hasSound;
    store(SOUND, this.hasSound ? "on" : "off");
    this.showSound();
  }

  toggleCaptions() {
    this.captions = this.showsCaptions ? "off" : "on";
    store(CAPTIONS, this.captions);
    this.showSound();
  }

  /** Captions are on by default while there is no sound. */
  get showsCaptions() {
    return this.captions ? this.captions === "on" : Boolean(this.video?.muted ?? true);
  }

  showSound() {
    const { slide } = this.feed.current ?? {};
    if (!slide) return;
    const isOn = this.video ? !this.video.muted : this.hasSound;
    press(slide, "sound", isOn);
    press(slide, "captions", this.showsCaptions);
    const button = slide.querySelector('[data-act="sound"]');
    button.setAttribute("aria-label", word(isOn ? "mute" : "sound_off"));
    button
      .querySelector("use")
      .setAttribute("href", `${this.feed.root.dataset.icons}#${isOn ? "sound-on" : "sound-off"}`);
  }

  seek(share) {
    if (this.video?.duration) this.video.currentTime = share * this.video.duration;
  }

  skip(seconds) {
    if (this.video?.duration)
      this.video.currentTime = Math.max(0, Math.min(this.video.currentTime + seconds, this.video.duration - 0.1));
  }

  tellWatched() {
    this.#watched?.tell();
  }

  #leave() {
    cancelAnimationFrame(this.#frame);
    this.#watched?.stop();
    this.#watched = null;
    this.video?.pause();
  }

  #tick() {
    const { video } = this;
    const entry = this.feed.entry(this.#index);
    if (video && entry && video.duration) {
      this.#progress.follow(entry.slide.querySelector("[data-part=bar]"), video);
      captionsAt(entry.slide, video, this.showsCaptions);
      this.moments.at(entry, video.currentTime * 1000, this.isStill && !this.#asked);
    } else if (entry) {
      this.moments.at(entry, 0, this.isStill && !this.#asked);
    }
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** The neighbours wait for the first picture, so that nothing takes the line or the processor from it. */
  #firstFrame(index) {
    const { video } = this;
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.prepare(), NEIGHBOURS_AFTER_MS);
    const done = () => {
      if (this.#index !== index) return;
      performance.measure("feed-first-frame", { start: "feed-swipe", detail: { index } });
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.prepare(), SWIPE_ENDS_MS);
    };
    if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(done);
    else video.addEventListener("playing", done, { once: true });
  }

  #onVisibility() {
    if (document.visibilityState === "hidden") {
      this.tellWatched();
      this.video?.pause();
    } else if (!this.feed.current?.slide.classList.contains("slide--paused")) {
      this.play();
    }
  }
}
