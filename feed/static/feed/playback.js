/** Playback of the clip in view: what plays, what keeps it from playing, and the time watched. */
import { readState, showState } from "./clip-state.js";
import { FirstFrame } from "./first-frame.js";
import { Sound } from "./sound.js";
import { Timeline } from "./timeline.js";
import { isPlayRefused } from "./video-element.js";
import { VideoPool } from "./video-pool.js";
import { ViewReport } from "./view-time.js";
import { WatchReport } from "./watch-time.js";

/** @import { Entry, Feed } from "./player.js" */

/** States in which loading the file again may help. */
const STUCK = ["slow", "failed", "offline"];

export class Playback {
  #pool = new VideoPool((video) => this.#listen(video));
  #index = -1;
  /** @type {WatchReport | ViewReport | null} */
  #report = null;
  #firstFrame = new FirstFrame(() => this.prepare());
  /** Whether the viewer pressed play, which overrides reduced motion. */
  #wasRequested = false;
  /** Whether the viewer paused the clip in view. */
  #isPaused = false;
  /** Whether the browser refused to play the clip in view without a touch. */
  #isRefused = false;
  /** Since when the clip in view has lacked data, on the clock of `performance`. */
  #waitsSince = 0;

  /** @param {Feed} feed */
  constructor(feed) {
    this.feed = feed;
    this.sound = new Sound(this);
    this.timeline = new Timeline(this);
    this.reducesMotion = matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.addEventListener("visibilitychange", () => this.#onVisibilityChange());
    addEventListener("pagehide", () => this.reportWatched());
    addEventListener("online", () => this.#reloadIfStuck());
    addEventListener("offline", () => this.keepUp());
  }

  get video() {
    return this.#pool.at(this.#index);
  }

  /** The clip that plays, which is in view or comes into view. */
  get entry() {
    return this.feed.entry(this.#index);
  }

  /** Whether clips play only after the viewer presses play. */
  get isStill() {
    return this.reducesMotion && !this.#wasRequested;
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
    this.#isPaused = this.#isRefused = false;
    this.#waitsSince = performance.now();
    const { entry } = this;
    if (!entry) return this.#pool.clear();
    this.#place(entry);
    if (entry.clip.medium === "photos") {
      this.#report = new ViewReport(entry.clip, entry.slide);
      return this.prepare();
    }
    const video = /** @type {HTMLVideoElement} */ (this.video);
    this.#report = new WatchReport(entry.clip, video);
    this.#firstFrame.await(index, video);
    if (!this.isStill) this.play();
    this.#showPaused();
    this.sound.show();
    this.timeline.start();
  }

  /** Load the neighbours, the next one first. */
  prepare() {
    this.#firstFrame.stop();
    this.#pool.rewindOthers(this.#index);
    if (!this.entry) return this.#pool.clear();
    const neighbours = this.isStill ? [] : [this.#index + 1, this.#index - 1];
    this.#pool.place([this.#index, ...neighbours], (index) => this.feed.entry(index));
  }

  async play() {
    const { video } = this;
    if (!video || video.error) return;
    const index = this.#index;
    video.muted = !this.sound.isWanted;
    video.loop = !this.reducesMotion; // who wants little motion is asked whether to see a clip again
    this.#isPaused = false;
    this.#showPaused();
    let isRefused = await isPlayRefused(video);
    if (isRefused && !video.muted && index === this.#index) {
      // Browsers refuse sound before the viewer has touched the page. Play without sound until then.
      video.muted = true;
      this.sound.show();
      isRefused = await isPlayRefused(video);
    }
    if (isRefused && index === this.#index) this.#isRefused = true;
  }

  /**
   * Make what plays match what is in view, and show the state of the clip. Called again and again, so that nothing
   * depends on an event that may not come.
   */
  keepUp() {
    const { entry, video } = this;
    this.#pool.pauseOthers(this.#index);
    if (!entry || !video) return;
    if (!entry.slide.contains(video)) this.#place(entry);
    const isStopped = this.#isPaused || (this.isStill && video.paused);
    if (isStopped || video.readyState >= video.HAVE_FUTURE_DATA) this.#waitsSince = performance.now();
    if (video.paused && !isStopped && !this.#isRefused && !video.ended && !document.hidden) this.play();
    const waitedMs = performance.now() - this.#waitsSince;
    showState(entry.slide, readState(video, { isRefused: this.#isRefused, isStopped, waitedMs }));
    this.#showPaused();
  }

  /** Go on with a clip that failed, stopped loading, was refused or has ended, or that the viewer paused. */
  retry() {
    this.#wasRequested = true;
    this.#isRefused = false;
    this.#reloadIfStuck();
    this.play();
  }

  toggle() {
    if (!this.video) return;
    if (this.video.paused || this.video.error) {
      this.retry();
      this.prepare();
    } else {
      this.#isPaused = true;
      this.video.pause();
      this.#showPaused();
    }
  }

  reportWatched() {
    this.#report?.report();
  }

  /** @param {Entry} entry */
  #place(entry) {
    this.#pool.place([this.#index, this.#index + 1, this.#index - 1].slice(0, this.video ? 3 : 1), (index) =>
      index === this.#index ? entry : this.feed.entry(index),
    );
  }

  #leave() {
    this.timeline.stop();
    this.#report?.stop();
    this.#report = null;
    this.video?.pause();
  }

  #showPaused() {
    const isPaused = this.#isPaused || this.#isRefused || (this.isStill && (this.video?.paused ?? true));
    this.feed.current?.slide.classList.toggle("slide--paused", isPaused);
  }

  #reloadIfStuck() {
    const { entry } = this;
    if (!entry || !STUCK.includes(entry.slide.dataset.state ?? "")) return;
    this.#waitsSince = performance.now();
    this.#pool.reload(this.#index, entry);
    this.keepUp();
  }

  /** @param {HTMLVideoElement} video */
  #listen(video) {
    for (const type of ["playing", "waiting", "stalled", "ended"]) {
      video.addEventListener(type, () => video === this.video && this.keepUp());
    }
    video.addEventListener("error", () => {
      const index = this.#pool.indexOf(video);
      const entry = this.feed.entry(index);
      if (entry && navigator.onLine) this.#pool.tryOtherFile(index, entry);
      if (video === this.video) this.keepUp();
    });
  }

  #onVisibilityChange() {
    if (!document.hidden) return this.keepUp();
    this.reportWatched();
    this.video?.pause();
  }
}
