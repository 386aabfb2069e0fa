/** The list items of the feed: one for each clip, and one for the end. Only those near the clip in view are filled. */
import { find } from "../site/mount.js";
import { empty, fill } from "./slide.js";

/** @import { Clip, Clips } from "./clips.js" */

/** Items up to this far from the current one are filled. All others are empty. */
const FILLED_AROUND = 5;

export class Items {
  /** @type {HTMLElement[]} */
  #items = [];
  /** @type {HTMLElement | undefined} The item in view. */
  #shown;

  /**
   * @param {HTMLElement} scroller  With the items that the server rendered.
   * @param {Clips} clips
   * @param {(item: HTMLElement) => void} watch  Called for each item that joins.
   */
  constructor(scroller, clips, watch) {
    this.scroller = scroller;
    this.clips = clips;
    this.watch = watch;
    for (const item of scroller.children) this.#adopt(/** @type {HTMLElement} */ (item));
  }

  get length() {
    return this.#items.length;
  }

  /** @param {HTMLElement} item */
  append(item) {
    this.scroller.append(item);
    this.#adopt(item);
  }

  /**
   * Remove all items from an index on.
   * @param {number} length
   */
  truncate(length) {
    for (const item of this.#items.splice(length)) item.remove();
  }

  /**
   * Return the item at an index. Below the first index return the first item, and beyond the last the last one.
   * @param {number} index
   * @returns {HTMLElement}
   */
  nearest(index) {
    return this.#items[Math.max(0, Math.min(index, this.#items.length - 1))];
  }

  /**
   * Make the item in view the only one that the Tab key and screen readers reach. The focus does not stay in another.
   * @param {number} index
   */
  show(index) {
    const left = this.#shown;
    const item = this.#items[index];
    if (!item || item === left) return;
    this.#shown = item;
    item.inert = false;
    if (left?.contains(document.activeElement)) this.scroller.focus({ preventScroll: true });
    if (left) left.inert = true;
  }

  /**
   * Return the slide of a clip, filled.
   * @param {number} index
   * @param {Clip} clip
   * @returns {HTMLElement}
   */
  slide(index, clip) {
    const item = this.#items[index];
    if (item.dataset.filled !== "yes") fill(item, clip);
    return find(item, "article");
  }

  /**
   * Fill the items around the current one and empty all others, so that memory use does not grow.
   * @param {number} current
   */
  fillAround(current) {
    this.clips.keepAround(current);
    this.#items.slice(0, this.clips.length).forEach((item, index) => {
      if (Math.abs(index - current) > FILLED_AROUND) {
        if (item.firstElementChild) empty(item);
      } else {
        const clip = this.clips.at(index);
        if (clip) this.slide(index, clip);
      }
    });
  }

  /** @param {HTMLElement} item */
  #adopt(item) {
    const index = this.#items.push(item) - 1;
    item.dataset.index = String(index);
    item.inert = true;
    item.setAttribute("aria-setsize", "-1");
    item.setAttribute("aria-posinset", String(index + 1));
    this.watch(item);
  }
}
