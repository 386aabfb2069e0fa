/** The stars of a product: the average of its ratings and their number. */
import { message } from "./messages.js";

/** @import { Product } from "./clips.js" */

/**
 * @param {HTMLElement} box
 * @param {Pick<Product, "rating_average" | "rating_count">} product
 */
export function showStars(box, { rating_average: average, rating_count: count }) {
  const { lang } = document.documentElement;
  box.hidden = !average;
  if (!average) return;
  const [stars, ratings] = [average.toLocaleString(lang, { minimumFractionDigits: 1 }), count.toLocaleString(lang)];
  box.textContent = `★ ${stars} (${ratings})`;
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", message("stars", { stars, ratings }));
}
