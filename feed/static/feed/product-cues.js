/** Product cards, each highlighted while the clip shows its product. */
import { findAll } from "../site/mount.js";
import { announce } from "./announce.js";
import { message } from "./messages.js";

/** @import { Clip, ProductTag } from "./clips.js" */
/** @import { Entry, Feed } from "./player.js" */

/** How long a card stays after its product was shown. */
export const LINGER_MS = 900;

/**
 * Return the index of the product shown at a moment, the latest one where several are, or -1.
 * @param {Pick<ProductTag, "start_ms" | "end_ms">[]} tags
 * @param {number} ms
 * @returns {number}
 */
export function cueAt(tags, ms) {
  return tags.findLastIndex((tag) => tag.start_ms <= ms && ms < tag.end_ms + LINGER_MS);
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
   * Highlight the card of the product shown at `ms`; the first card if the clip does not play by itself.
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
   * Announce each product once per time that its clip comes into view, not with every loop, and after the clip's name.
   * @param {Clip} clip
   * @param {number} current
   */
  #announce(clip, current) {
    if (this.#clip !== clip) this.#announced = new Set();
    this.#clip = clip;
    const product = clip.tags[current]?.product;
    if (!this.feed.isSettled || !product || this.#announced.has(current)) return;
    this.#announced.add(current);
    announce(message("product_now", { name: product.name, price: product.price.text }));
  }
}
