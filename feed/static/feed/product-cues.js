/** Product cards at the moment at which the clip shows the product. */
import { announce } from "./announce.js";
import { word } from "./messages.js";

const LINGER_MS = 900;

export class Moments {
  constructor(feed) {
    this.feed = feed;
  }

  /** Show the card whose span holds `ms`, a little longer than the span; the first one where nothing moves. */
  at({ clip, slide }, ms, isStill) {
    const now = isStill ? 0 : clip.tags.findLastIndex((tag) => tag.start_ms <= ms && ms < tag.end_ms + LINGER_MS);
    this.#say(clip, now);
    if (slide.dataset.shown === String(now)) return;
    slide.dataset.shown = String(now);
    const panel = this.feed.root.querySelectorAll("[data-panel-products] > li");
    for (const list of [slide.querySelectorAll("[data-part=products] > li"), panel]) {
      list.forEach((item, index) => item.toggleAttribute("data-now", index === now));
    }
  }

  /** Say each product once for every time that its clip comes into view, not with every loop; after the clip's name. */
  #say(clip, now) {
    if (this.clip !== clip) this.said = new Set();
    this.clip = clip;
    if (!this.feed.isSettled || now < 0 || this.said.has(now)) return;
    this.said.add(now);
    const { name, price } = clip.tags[now]?.product ?? {};
    if (name) announce(word("product_now", { name, price: price.text }));
  }
}
