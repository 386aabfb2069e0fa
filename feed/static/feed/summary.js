/** What an order costs and where it goes, and what follows once it is placed, in the product sheet. */
import { message } from "./messages.js";

/** @import { Sheet } from "./sheet.js" */

/** @typedef {{amount_minor: number, currency: string, text: string}} Price */
/** @typedef {{product: string, variant: number, name: string, options: string, quantity: number, stock: number, unit_price: Price, amount: Price, problem: string}} QuoteLine */
/** @typedef {{id: number, label: string, is_default: boolean}} KeptCard */
/** @typedef {{name: string, amount: Price}} TaxRow */
/** @typedef {{id: number, name: string, price: Price, promise: string, is_chosen: boolean}} ShippingOption */
/**
 * The API's answer to a request for a quote.
 * @typedef {object} Quote
 * @property {string} quote_id
 * @property {QuoteLine[]} lines
 * @property {Price} goods
 * @property {Price} shipping
 * @property {ShippingOption[]} shipping_options  Empty where the shop has one fee for all orders.
 * @property {string} shipping_problem  Why the order can't be delivered there, or empty.
 * @property {TaxRow[]} tax_rows
 * @property {Price} total
 * @property {boolean} is_buyable
 * @property {{lines: string[], country_code: string, phone: string} | null} destination
 * @property {string[]} missing
 * @property {boolean} payment_page_follows  Unless a kept card is charged.
 * @property {KeptCard[]} cards  The default one first.
 * @property {boolean} can_keep_card
 */

/**
 * @param {Sheet} sheet
 * @param {Quote} quote
 * @param {string} [email]  Of a guest.
 */
export function showSummary(sheet, quote, email = "") {
  const [line] = quote.lines;
  sheet.part("summary-item").textContent =
    `${line.quantity} × ${[line.name, line.options].filter(Boolean).join(" – ")}`;
  sheet.part("goods").textContent = quote.goods.text;
  sheet.part("shipping").textContent = quote.shipping.amount_minor ? quote.shipping.text : message("free");
  const option = quote.shipping_options.find(({ is_chosen }) => is_chosen);
  sheet.part("promise").textContent = option ? `${option.name} · ${option.promise}` : "";
  showTaxes(sheet.part("total-label"), quote.tax_rows);
  sheet.part("total").textContent = quote.total.text;
  const { lines, phone } = quote.destination ?? { lines: [], phone: "" };
  const contact = [email, phone].filter(Boolean).map((text) => isolate(text, "ltr"));
  sheet.part("destination").replaceChildren(...lines.map((text) => isolate(text)), ...contact);
}

/**
 * @param {string} text
 * @param {string} [dir]
 */
function isolate(text, dir = "auto") {
  return Object.assign(document.createElement("bdi"), { textContent: text, dir });
}

/**
 * Show the tax of each rate before the total, in the place of what was shown before.
 * @param {HTMLElement} totalLabel
 * @param {TaxRow[]} rows
 */
function showTaxes(totalLabel, rows) {
  for (const old of totalLabel.parentElement?.querySelectorAll("[data-tax]") ?? []) old.remove();
  for (const { name, amount } of rows) {
    for (const [tag, text] of [
      ["dt", name],
      ["dd", amount.text],
    ]) {
      const element = document.createElement(tag);
      element.textContent = text;
      element.dataset.tax = "";
      totalLabel.before(element);
    }
  }
}

/**
 * Show the last view: the order is placed.
 * @param {Sheet} sheet
 * @param {"payment" | "done"} view
 * @param {string} address  Where it is paid, or empty.
 * @param {string} head
 * @param {string} words
 */
export function showEnd(sheet, view, address, head, words) {
  sheet.show(view);
  sheet.part("terms").hidden = true;
  sheet.part("payment-head").textContent = head;
  sheet.part("payment-words").textContent = words;
  sheet.part("payment").setAttribute("href", address);
  sheet.part(`${view}-head`).focus();
}

/**
 * Say that the order is placed or, if it must still be paid or confirmed, lead on to the page where that is done.
 * @param {Sheet} sheet
 * @param {{code: string, total: {text: string}, email: string, url: string, next_url: string, next_step: string}} order
 */
export function showOrder(sheet, order) {
  const values = { code: order.code, total: order.total.text, email: order.email };
  sheet.part("done-words").textContent = message("ordered", values);
  sheet.part("order").setAttribute("href", order.url);
  const words = message(order.next_step === "confirmation" ? "on_to_bank" : "on_to_payment");
  showEnd(sheet, order.next_url ? "payment" : "done", order.next_url, message("to_payment"), words);
  if (order.next_url) location.assign(order.next_url);
}
