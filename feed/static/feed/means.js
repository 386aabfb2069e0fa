/** How to pay, in the product sheet: with a kept card, or in another way, after which the card may be kept. */
import { find } from "../site/mount.js";
import { message } from "./messages.js";

/** @import { Sheet } from "./sheet.js" */
/** @import { KeptCard, Quote } from "./summary.js" */

/**
 * @param {string} text
 * @returns {string} The text, to stand in a sentence that may run from right to left.
 */
function isolate(text) {
  return `\u2066${text.replace("•••• ", "••••\u00a0")}\u2069`;
}

export class Means {
  /** @type {KeptCard[]} */
  #cards = [];

  /**
   * @param {Sheet} sheet
   * @param {() => void} onChange
   */
  constructor(sheet, onChange) {
    this.sheet = sheet;
    this.select = find(sheet.dialog, '[data-part="cards"]', HTMLSelectElement);
    this.keep = find(sheet.dialog, '[data-part="keep"]', HTMLInputElement);
    this.select.addEventListener("change", () => {
      this.#showKeeping();
      onChange();
    });
  }

  /** @returns {KeptCard | undefined} The kept card that is chosen. */
  get card() {
    return this.#cards.find(({ id }) => String(id) === this.select.value);
  }

  /**
   * Offer the cards of a quote. What was chosen before stays chosen if it can be.
   * @param {Quote} quote
   */
  offer(quote) {
    const before = this.#cards.length > 0 ? this.select.value : undefined;
    this.#cards = quote.cards;
    this.canKeep = quote.can_keep_card;
    const options = quote.cards.map(({ id, label }) => new Option(isolate(label), String(id)));
    this.select.replaceChildren(...options, new Option(this.select.dataset.other, ""));
    const values = [...this.select.options].map(({ value }) => value);
    if (before !== undefined && values.includes(before)) this.select.value = before;
    this.sheet.part("cards-label").hidden = quote.cards.length === 0;
    this.#showKeeping();
  }

  /**
   * @param {Quote} quote
   * @returns {string} What the button says that confirms the order.
   */
  confirmText({ total: { text: total }, payment_page_follows: follows }) {
    if (this.card) return message("pay_with", { total, card: isolate(this.card.label) });
    return message(follows ? "pay" : "confirm", { total });
  }

  /** Forget the tick: to keep a card is asked for each time. */
  reset() {
    this.keep.checked = false;
  }

  /** @returns {{card_id?: number, keep_card?: boolean}} For the API. */
  values() {
    if (this.card) return { card_id: this.card.id };
    return this.keep.checked && this.canKeep ? { keep_card: true } : {};
  }

  #showKeeping() {
    this.sheet.part("keep-label").hidden = !this.canKeep || this.card !== undefined;
  }
}
