/** At most three live <video> elements, moved to where they are needed: the clip in view and its two neighbours. */
import { choose, savesData } from "./renditions.js";

export class VideoPool {
  #free = [];
  #used = new Map();

  constructor(size = 3) {
    for (let count = 0; count < size; count += 1) this.#free.push(makeVideo());
  }

  /** The video of the clip at `index`, if it has one now. */
  at(index) {
    return this.#used.get(index);
  }

  /** Give the clips at `wanted` a video, most important first. `entry(index)` returns {clip, slide} or undefined. */
  place(wanted, entry) {
    for (const [index, video] of this.#used) {
      if (wanted.includes(index)) continue;
      release(video);
      this.#used.delete(index);
      this.#free.push(video);
    }
    for (const index of wanted) {
      const found = entry(index);
      if (!found || this.#used.has(index) || this.#free.length === 0) continue;
      const video = this.#free.pop();
      this.#used.set(index, video);
      load(video, found, index === wanted[0]);
    }
    const first = this.#used.get(wanted[0]);
    if (first) first.preload = "auto";
  }

  /** Set all but the clip in view back to their beginning; seeking costs, so not while one swipes. */
  rewind(index) {
    for (const [one, video] of this.#used) if (one !== index && video.currentTime > 0) video.currentTime = 0;
  }

  /** Stop everything, as after "not interested" or at the end. */
  clear() {
    this.place([], () => undefined);
  }
}

function makeVideo() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, disableRemotePlayback: true, tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("loadeddata", () => video.parentElement?.setAttribute("data-ready", ""));
  return video;
}

function load(video, { clip, slide }, isCurrent) {
  const rendition = choose(clip.renditions, shortSidePx(slide));
  video.replaceChildren();
  if (clip.captions) {
    const track = document.createElement("track");
    Object.assign(track, { kind: "captions", src: clip.captions, srclang: clip.language, default: true });
    video.append(track);
    track.track.mode = "hidden";
  }
  video.preload = isCurrent || !savesData() ? "auto" : "metadata";
  video.src = rendition.url;
  slide.querySelector("[data-part=video]").replaceChildren(video);
}

/** The stage's short side in device pixels: measured once, as it is the same for every clip until the window changes. */
let short = 0;
addEventListener("resize", () => (short = 0));
function shortSidePx(slide) {
  if (!short) {
    const box = slide.querySelector(".slide__stage").getBoundingClientRect();
    short = Math.min(box.width, box.height) * Math.min(devicePixelRatio, 2.5);
  }
  return short;
}

function release(video) {
  video.pause();
  video.parentElement?.removeAttribute("data-ready");
  video.remove();
  video.replaceChildren();
  video.removeAttribute("src");
  // Frees the decoder and the buffered data at once.
  video.load();
}
