/** The number of units in the bag, in the header of the site. */
import { findAll } from "../site/mount.js";

/** @param {number} count */
export function showBagCount(count) {
  for (const badge of findAll(document, "[data-bag-count]")) {
    badge.hidden = !count;
    badge.textContent = count.toLocaleString(document.documentElement.lang);
  }
}
