/** What the product sheet shows of its product: words and pictures, quantity, and what the server says about it now. */
import { find } from "../site/mount.js";
import { request } from "./api.js";
import { endpoint } from "./endpoints.js";
import { showOffer, stockOf } from "./offer.js";
import { clampQuantity } from "./quantity.js";

/** @import { Sheet } from "./sheet.js" */
/** @import { QuoteLine } from "./summary.js" */

/** @param {Sheet} sheet */
export function showProduct(sheet) {
  const { product, clip } = sheet;
  sheet.part("brand").textContent = product.brand;
  sheet.part("name").textContent = product.name;
  sheet.part("description").textContent = product.description ?? "";
  sheet.part("more").setAttribute("href", `${product.url}?seen=${clip.token}`);
  sheet.part("seller-line").hidden = true;
  const pictures = product.pictures.map(({ large, text }) =>
    Object.assign(new Image(640, 640), { src: large, alt: text }),
  );
  sheet.part("pictures").replaceChildren(...pictures);
  showOfferAndQuantity(sheet);
}

/** @param {Sheet} sheet */
export function showOfferAndQuantity(sheet) {
  showOffer(sheet);
  showQuantity(sheet);
}

/**
 * Show the quantity, within what can be bought.
 * @param {Sheet} sheet
 */
export function showQuantity(sheet) {
  const limit = Number(sheet.dialog.dataset.maxQuantity);
  const { is_in_stock: isInStock, stock_left: stockLeft } = stockOf(sheet);
  const { quantity, max } = clampQuantity(sheet.quantity, limit, stockLeft);
  sheet.quantity = quantity;
  sheet.part("quantity").textContent = String(quantity);
  disable(sheet, '[data-quantity="-1"]', quantity <= 1);
  disable(sheet, '[data-quantity="1"]', quantity >= max);
  for (const selector of ["[data-buy]", "[data-bag]"]) disable(sheet, selector, !isInStock);
  sheet.purchase.showButton();
}

/**
 * Show another price and stock of what is bought.
 * @param {Sheet} sheet
 * @param {Pick<QuoteLine, "unit_price" | "stock">} line
 */
export function showLine(sheet, { unit_price: price, stock }) {
  const { variant, product } = sheet;
  if (variant) {
    const isRepriced = variant.price.amount_minor !== price.amount_minor;
    Object.assign(
      variant,
      { price, stock, is_in_stock: stock > 0 },
      isRepriced && { crossed_out: null, price_note: "" },
    );
  } else {
    const stock_left = fewLeft(sheet, stock);
    Object.assign(product, { price, price_text: price.text, is_in_stock: stock > 0, stock_left });
  }
  showOfferAndQuantity(sheet);
}

/**
 * Fetch the product and its variants with price and stock. If the request fails, the sheet does not change.
 * @param {Sheet} sheet
 */
export async function fetchProduct(sheet) {
  const { product, clip } = sheet;
  const url = `${endpoint("product", { slug: product.slug })}?seen=${clip.token}`;
  const [current, bought] = await Promise.all([request("GET", url).catch(() => null), sheet.lastOptions()]);
  if (!current || sheet.product !== product) return;
  const { price, price_text, stock, description, is_for_sale, is_outbound, outbound } = current;
  const { rating_average, rating_count } = current;
  Object.assign(product, { description, rating_average, rating_count, is_for_sale, is_outbound, outbound });
  sheet.part("description").textContent = description;
  showSeller(sheet, current.seller, is_outbound);
  sheet.choice.offer(is_outbound ? [] : current.variants, current.option_names, current.swatches, undefined, bought);
  Object.assign(product, {
    price,
    price_text,
    is_in_stock: current.is_in_stock,
    stock_left: fewLeft(sheet, stock),
  });
  showOfferAndQuantity(sheet);
}

/**
 * Name who sells the product, unless another shop does.
 * @param {Sheet} sheet
 * @param {{name: string, url: string}} seller
 * @param {boolean} isOutbound
 */
function showSeller(sheet, seller, isOutbound) {
  const link = sheet.part("seller");
  link.textContent = seller.name;
  if (seller.url) link.setAttribute("href", seller.url);
  else link.removeAttribute("href");
  sheet.part("seller-line").hidden = isOutbound;
}

/**
 * @param {Sheet} sheet
 * @param {number} stock
 */
function fewLeft(sheet, stock) {
  return stock <= Number(sheet.dialog.dataset.fewLeft) ? stock : null;
}

/**
 * @param {Sheet} sheet
 * @param {string} selector
 * @param {boolean} isDisabled
 */
function disable(sheet, selector, isDisabled) {
  find(sheet.dialog, selector, HTMLButtonElement).disabled = isDisabled;
}
