/** What is sold in the product sheet: price and stock of the chosen variant, and the link to another shop that sells it. */
import { find, findAll } from "../site/mount.js";
import { message } from "./messages.js";
import { stockColour, stockText } from "./slide.js";
import { showStars } from "./stars.js";

/** @import { Price } from "./clips.js" */
/** @import { Sheet } from "./sheet.js" */

/**
 * @typedef {object} Variant  A variant as the API returns it.
 * @property {number} id
 * @property {string[]} options
 * @property {Price} price
 * @property {Price | null} crossed_out
 * @property {string} price_note
 * @property {boolean} is_in_stock
 * @property {number} stock
 * @property {{sizes: Record<string, string>} | null} picture
 */

/** @param {Sheet} sheet */
export function showOffer(sheet) {
  const { product, variant } = sheet;
  const offer = { ...product, ...stockOf(sheet) };
  sheet.part("price").textContent = variant?.price.text ?? product.price_text;
  sheet.part("before").hidden = !variant?.crossed_out;
  find(sheet.part("before"), "s").textContent = variant?.crossed_out?.text ?? "";
  sheet.part("note").textContent = variant?.price_note ?? "";
  showStars(sheet.part("stars"), product);
  const stock = sheet.part("stock");
  stock.textContent = stockText(offer) || message("in_stock");
  stock.className = `badge badge--${stockColour(offer)}`;
  sheet.part("closed").hidden = product.is_for_sale;
  sheet.part("actions").hidden = !product.is_for_sale;
  showPicture(sheet, variant?.picture?.sizes["640"]);
  showOutboundLink(sheet);
}

/**
 * Return the stock of the chosen variant, or of the whole product if there is none yet.
 * @param {Sheet} sheet
 * @returns {{is_in_stock: boolean, stock_left: number | null}}
 */
export function stockOf({ product, variant, choice, dialog }) {
  if (variant) {
    const { is_in_stock, stock } = variant;
    return { is_in_stock, stock_left: stock <= Number(dialog.dataset.fewLeft) ? stock : null };
  }
  if (choice.isNeeded && choice.missing.length === 0) return { is_in_stock: false, stock_left: 0 };
  return product;
}

/**
 * Move to the picture of the chosen variant.
 * @param {Sheet} sheet
 * @param {string | undefined} url
 */
function showPicture(sheet, url) {
  const strip = sheet.part("pictures");
  const picture = findAll(strip, "img", HTMLImageElement).find((image) => image.getAttribute("src") === url);
  if (picture) strip.scrollTo({ left: picture.offsetLeft - strip.offsetLeft });
}

/**
 * If another shop sells the product, show only a link to that shop. The server signs the link for this clip.
 * @param {Sheet} sheet
 */
function showOutboundLink(sheet) {
  const { is_outbound: isOutbound, is_in_stock: isInStock, outbound } = sheet.product;
  for (const action of findAll(sheet.part("actions"), ":scope > *")) action.hidden = isOutbound;
  const link = sheet.part("outbound");
  link.hidden = !isOutbound || !isInStock;
  if (outbound) link.setAttribute("href", outbound);
  else link.removeAttribute("href");
}
