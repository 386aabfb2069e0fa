/** Product cards, each highlighted while the clip shows its product. */
import { findAll } from "../site/mount.js";
import { announce } from "./announce.js";
import { message } from "./messages.js";

/** @import { Clip, ProductTag } from "./clips.js" */
/** @import { Entry, Feed } from "./player.js" */

/** How long a card stays highlighted after its product was shown. */
export const LINGER_MS = 900;

/**
 * Return the index of the product shown at a time, or -1. If several are shown, return the latest one.
 * @param {Pick<ProductTag, "start_ms" | "end_ms">[]} tags
 * @param {number} ms
 * @returns {number}
 */
export function cueAt(tags, ms) {
  return tags.findLastIndex(({ start_ms, end_ms }) => {
    return start_ms !== null && end_ms !== null && start_ms <= ms && ms < end_ms + LINGER_MS;
  });
}

export class ProductCues {
  /** @type {Clip | null} */
  #clip = null;
  /** @type {Set<number>} */
  #announced = new Set();

  /** @param {Feed} feed */
  constructor(feed) {
    this.feed = feed;
  }

  /**
   * Highlight the card of the product shown at `ms`, or the first card if the clip does not play by itself.
   * @param {Entry} entry
   * @param {number} ms
   * @param {boolean} isStill
   */
  show({ clip, slide }, ms, isStill) {
    const current = isStill ? 0 : cueAt(clip.tags, ms);
    this.#announce(clip, current);
    if (slide.dataset.shown === String(current)) return;
    slide.dataset.shown = String(current);
    const cards = findAll(slide, "[data-part=products] > li");
    const panelCards = findAll(this.feed.root, "[data-panel-products] > li");
    for (const list of [cards, panelCards]) {
      list.forEach((card, index) => card.toggleAttribute("data-now", index === current));
    }
  }

  /**
   * Announce a product to screen readers, after the clip's name. Each product is announced once while its clip is in
   * view, not again with every loop.
   * @param {Clip} clip
   * @param {number} current
   */
  #announce(clip, current) {
    if (this.#clip !== clip) this.#announced = new Set();
    this.#clip = clip;
    const product = clip.tags[current]?.product;
    if (!this.feed.isSettled || !product || this.#announced.has(current)) return;
    this.#announced.add(current);
    announce(message("product_now", { name: product.name, price: product.price_text }));
  }
}
