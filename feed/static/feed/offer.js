/** The price and stock of a product in the product sheet, and the link to another shop that sells it. */
import { findAll } from "../site/mount.js";
import { message } from "./messages.js";
import { stockColour, stockText } from "./slide.js";
import { showStars } from "./stars.js";

/** @import { Sheet } from "./sheet.js" */

/** @param {Sheet} sheet */
export function showOffer(sheet) {
  const { product } = sheet;
  sheet.part("price").textContent = product.price.text;
  showStars(sheet.part("stars"), product);
  const stock = sheet.part("stock");
  stock.textContent = stockText(product) || message("in_stock");
  stock.className = `badge badge--${stockColour(product)}`;
  sheet.part("closed").hidden = product.is_for_sale;
  sheet.part("actions").hidden = !product.is_for_sale;
  showOutboundLink(sheet);
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
