/** How an order is shipped, in the product sheet: the options of its quote, if there are several. */
import { find } from "../site/mount.js";

/** @import { Sheet } from "./sheet.js" */
/** @import { Quote } from "./summary.js" */

export class ShippingChoice {
  /** @type {number | undefined} The option that the shopper chose. */
  #chosen;

  /**
   * @param {Sheet} sheet
   * @param {() => void} onChange
   */
  constructor(sheet, onChange) {
    this.sheet = sheet;
    this.select = find(sheet.dialog, '[data-part="shipping-options"]', HTMLSelectElement);
    this.select.addEventListener("change", () => {
      this.#chosen = Number(this.select.value);
      onChange();
    });
  }

  /**
   * Offer the options of a quote. One that is not offered any more is not chosen any more.
   * @param {Quote} quote
   */
  offer({ shipping_options: options }) {
    const current = options.find(({ is_chosen }) => is_chosen);
    if (this.#chosen !== undefined) this.#chosen = current?.id;
    const choices = options.map(({ id, name, price }) => new Option(`\u2068${name}\u2069 · ${price.text}`, String(id)));
    this.select.replaceChildren(...choices);
    if (current) this.select.value = String(current.id);
    this.sheet.part("shipping-label").hidden = options.length < 2;
  }

  /** Forget the choice, for another product. */
  reset() {
    this.#chosen = undefined;
  }

  /** @returns {{shipping_option?: number}} For the API. */
  values() {
    return this.#chosen === undefined ? {} : { shipping_option: this.#chosen };
  }
}
