/** A pool of at most three <video> elements, for the clip in view and its two neighbours. */
import { find } from "../site/mount.js";
import { canPlay, savesData, throughput } from "./network.js";
import { chooseRendition } from "./renditions.js";
import { attach, makeVideo, release } from "./video-element.js";

/** @import { Entry } from "./player.js" */

const POOL_SIZE = 3;
const MAX_DENSITY = 2.5;

export class VideoPool {
  /** @type {HTMLVideoElement[]} */
  #free;
  /** @type {Map<number, HTMLVideoElement>} By the clip's index. */
  #used = new Map();
  /** @type {WeakMap<HTMLVideoElement, Set<string>>} URLs of the current clip's files that could not be played. */
  #failed = new WeakMap();

  /** @param {(video: HTMLVideoElement) => void} prepare  Called for each video once. */
  constructor(prepare) {
    this.#free = Array.from({ length: POOL_SIZE }, makeVideo);
    this.#free.forEach(prepare);
  }

  /**
   * Return the video of the clip at an index, if it has one now.
   * @param {number} index
   * @returns {HTMLVideoElement | undefined}
   */
  at(index) {
    return this.#used.get(index);
  }

  /**
   * Give a video to each of these clips, and take videos from all others.
   * @param {number[]} indexes  Most important first.
   * @param {(index: number) => Entry | undefined} entryAt
   */
  place(indexes, entryAt) {
    for (const [index, video] of this.#used) {
      if (indexes.includes(index)) continue;
      release(video);
      this.#failed.delete(video);
      this.#used.delete(index);
      this.#free.push(video);
    }
    for (const index of indexes) {
      const entry = entryAt(index);
      if (!entry || entry.clip.medium === "photos") continue;
      const video = this.#used.get(index) ?? this.#free.pop();
      if (!video) break;
      if (video.dataset.code !== entry.clip.code) {
        this.#failed.delete(video);
        load(video, entry, index === indexes[0], new Set());
      }
      this.#used.set(index, video);
      attach(video, entry.slide);
    }
    const first = this.#used.get(indexes[0]);
    if (first) first.preload = "auto";
  }

  /**
   * Load another file of a clip whose file could not be played, if there is one that has not failed yet.
   * @param {number} index
   * @param {Entry} entry
   */
  tryOtherFile(index, entry) {
    const video = this.#used.get(index);
    if (!video?.error) return;
    const failed = this.#failed.get(video) ?? new Set();
    this.#failed.set(video, failed.add(video.currentSrc || video.src));
    const isUntried = ({ url = "", codecs = "" }) => !failed.has(absolute(url)) && canPlay(codecs);
    if (entry.clip.renditions.some(isUntried)) load(video, entry, true, failed);
  }

  /**
   * Load a clip's video again, where it stopped.
   * @param {number} index
   * @param {Entry} entry
   */
  reload(index, entry) {
    const video = this.#used.get(index);
    if (!video) return;
    const stoppedAt = video.currentTime;
    this.#failed.delete(video);
    load(video, entry, true, new Set());
    video.currentTime = stoppedAt;
  }

  /**
   * Return the index of the clip that a video was given to, or -1.
   * @param {HTMLVideoElement} video
   * @returns {number}
   */
  indexOf(video) {
    return [...this.#used].find(([_index, used]) => used === video)?.[0] ?? -1;
  }

  /**
   * Pause all videos but one, whatever started them.
   * @param {number} currentIndex
   */
  pauseOthers(currentIndex) {
    for (const [index, video] of this.#used) if (index !== currentIndex && !video.paused) video.pause();
  }

  /**
   * Rewind all videos but one. Seeking is expensive, so call this after a swipe, not during one.
   * @param {number} currentIndex
   */
  rewindOthers(currentIndex) {
    for (const [index, video] of this.#used) if (index !== currentIndex && video.currentTime > 0) video.currentTime = 0;
  }

  /** Stop and unload everything, as at the end of the feed. */
  clear() {
    this.place([], () => undefined);
  }
}

/** @param {string} url */
const absolute = (url) => new URL(url, location.href).href;

/**
 * @param {HTMLVideoElement} video
 * @param {Entry} entry
 * @param {boolean} isCurrent
 * @param {Set<string>} failed  URLs of files that could not be played.
 */
function load(video, { clip, slide }, isCurrent, failed) {
  const conditions = { shortSidePx: shortSidePx(slide), throughputBps: throughput(), savesData: savesData(), canPlay };
  const remaining = clip.renditions.filter(({ url }) => !failed.has(absolute(url)));
  const rendition = chooseRendition(remaining.length > 0 ? remaining : clip.renditions, conditions);
  video.replaceChildren();
  if (clip.captions) {
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", src: clip.captions, srclang: clip.language, default: true });
    video.append(track);
    track.track.mode = "hidden";
  }
  video.preload = isCurrent || !savesData() ? "auto" : "metadata";
  video.dataset.code = clip.code;
  video.src = rendition.url;
}

/** The stage's short side in device pixels. It is measured once, and again after a resize. */
let measuredPx = 0;
addEventListener("resize", () => (measuredPx = 0));

/** @param {HTMLElement} slide */
function shortSidePx(slide) {
  if (!measuredPx) {
    const box = find(slide, ".slide__stage").getBoundingClientRect();
    measuredPx = Math.min(box.width, box.height) * Math.min(devicePixelRatio, MAX_DENSITY);
  }
  return measuredPx;
}
