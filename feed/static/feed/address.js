/** The address of the clip in view, so that the browser's address can be shared, reloaded and returned to. */

/** @import { Clip } from "./clips.js" */

/** Safari refuses more than 100 changes of the address in 30 s. */
const MIN_INTERVAL_MS = 310;

export class Address {
  #changedAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  #wanted = "";

  /** @param {string} first  The address of the feed, which stands for its first clip. */
  constructor(first) {
    this.first = first;
    // A sheet that closes goes back in the history, perhaps to the address of an earlier clip.
    addEventListener("popstate", () => this.#set(this.#wanted || location.href));
  }

  /**
   * Show the address of a clip, without an entry in the browser's history.
   * @param {number} index
   * @param {Clip} clip
   */
  show(index, clip) {
    clearTimeout(this.#timer);
    this.#wanted = index === 0 ? this.first : clip.url;
    const delayMs = Math.max(0, this.#changedAt + MIN_INTERVAL_MS - performance.now());
    this.#timer = setTimeout(() => this.#set(this.#wanted), delayMs);
  }

  /** @param {string} url */
  #set(url) {
    if (new URL(url, location.href).href === location.href) return;
    this.#changedAt = performance.now();
    history.replaceState(history.state, "", url);
  }
}
