/** A pool of at most three <video> elements, for the clip in view and its two neighbours. */
import { find } from "../site/mount.js";
import { canPlay, savesData, throughput } from "./network.js";
import { chooseRendition } from "./renditions.js";

/** @import { Entry } from "./player.js" */

const POOL_SIZE = 3;
const MAX_DENSITY = 2.5;

export class VideoPool {
  /** @type {HTMLVideoElement[]} */
  #free = Array.from({ length: POOL_SIZE }, makeVideo);
  /** @type {Map<number, HTMLVideoElement>} By the clip's index. */
  #used = new Map();

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
      this.#used.delete(index);
      this.#free.push(video);
    }
    for (const index of indexes) {
      const entry = entryAt(index);
      if (!entry || this.#used.has(index)) continue;
      const video = this.#free.pop();
      if (!video) break;
      this.#used.set(index, video);
      load(video, entry, index === indexes[0]);
    }
    const first = this.#used.get(indexes[0]);
    if (first) first.preload = "auto";
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

/** @returns {HTMLVideoElement} */
function makeVideo() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, disableRemotePlayback: true, tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("loadeddata", () => video.parentElement?.setAttribute("data-ready", ""));
  return video;
}

/**
 * @param {HTMLVideoElement} video
 * @param {Entry} entry
 * @param {boolean} isCurrent
 */
function load(video, { clip, slide }, isCurrent) {
  const conditions = { shortSidePx: shortSidePx(slide), throughputBps: throughput(), savesData: savesData(), canPlay };
  const rendition = chooseRendition(clip.renditions, conditions);
  video.replaceChildren();
  if (clip.captions) {
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", src: clip.captions, srclang: clip.language, default: true });
    video.append(track);
    track.track.mode = "hidden";
  }
  video.preload = isCurrent || !savesData() ? "auto" : "metadata";
  video.src = rendition.url;
  find(slide, "[data-part=video]").replaceChildren(video);
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

/** @param {HTMLVideoElement} video */
function release(video) {
  video.pause();
  video.parentElement?.removeAttribute("data-ready");
  video.remove();
  video.replaceChildren();
  video.removeAttribute("src");
  // Frees the decoder and the buffered data at once.
  video.load();
}
