/** Radio buttons for the options of a product, on its page and in the feed's sheet. Browsers move in them with arrow keys. */
import { chooseInitially, findVariant, isSoldOut, listValues, optionKey } from "./variants.js";

/** @import { Choosable, Values } from "./variants.js" */

const STORAGE_KEY = "last-options";
const MAX_REMEMBERED = 40;

/** @template {Choosable} Variant */
export class Choice {
  /** @type {Variant[]} */
  #variants = [];
  /** @type {string[]} */
  #names = [];
  /** @type {Values} */
  #values = [];

  /**
   * @param {HTMLElement} box
   * @param {string} soldOut  The words for it.
   * @param {() => void} onChange
   */
  constructor(box, soldOut, onChange) {
    this.box = box;
    this.soldOut = soldOut;
    box.addEventListener("change", (event) => {
      const input = event.target;
      if (!(input instanceof HTMLInputElement) || input.dataset.option === undefined) return;
      this.#values = this.#values.with(Number(input.dataset.option), input.value);
      this.#mark();
      remember(this.#names, this.#values);
      onChange();
    });
  }

  /** @returns {Variant | undefined} What is chosen, if every option is and there is such a variant. */
  get variant() {
    if (this.#variants.length === 1) return this.#variants[0];
    return findVariant(this.#variants, this.#values);
  }

  /** Whether there is anything to choose. */
  get isNeeded() {
    return this.#variants.length > 1;
  }

  /** @returns {string[]} The names of the options for which nothing is chosen yet. */
  get missing() {
    return this.#names.filter((_name, index) => this.#values[index] === null);
  }

  /**
   * Offer the variants of a product. What was chosen before stays chosen if it is still offered.
   * @param {Variant[]} variants
   * @param {string[]} names  Of the options.
   * @param {Record<string, string>} swatches  Colours by value.
   * @param {number} [chosen]  The id of the variant that is chosen.
   * @param {Record<string, string[]>} [bought]  What the viewer bought last, by `optionKey`, the newest first.
   */
  offer(variants, names, swatches, chosen = this.variant?.id, bought = {}) {
    this.#variants = variants;
    this.#names = names;
    const kept = variants.find(({ id }) => id === chosen)?.options;
    this.#values = kept
      ? this.#names.map((_name, index) => kept[index] ?? "")
      : chooseInitially(variants, names, listPreferred(bought));
    this.box.hidden = !this.isNeeded;
    const groups = this.isNeeded ? names.map((name, index) => this.#group(name, index, swatches)) : [];
    this.box.replaceChildren(...groups);
    this.#mark();
  }

  /** Forget the product. */
  clear() {
    this.offer([], [], {}, undefined);
  }

  /** Move to the first option for which nothing is chosen. */
  focus() {
    const index = Math.max(this.#values.indexOf(null), 0);
    const input = this.box.querySelector(`[data-option="${index}"]`);
    if (input instanceof HTMLElement) input.focus();
  }

  /**
   * @param {string} name
   * @param {number} index
   * @param {Record<string, string>} swatches
   */
  #group(name, index, swatches) {
    const group = make("fieldset", "options");
    const values = make("div", "options__values");
    values.append(...listValues(this.#variants, index).map((value) => this.#button(value, index, swatches[value])));
    group.append(Object.assign(document.createElement("legend"), { textContent: name }), values);
    return group;
  }

  /**
   * @param {string} value
   * @param {number} index
   * @param {string | undefined} colour
   */
  #button(value, index, colour) {
    const label = make("label", "option");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: `option-${index}`, value });
    input.className = "option__radio";
    input.dataset.option = String(index);
    input.checked = this.#values[index] === value;
    label.append(input);
    if (colour) {
      const swatch = make("span", "option__swatch");
      swatch.style.background = colour;
      label.append(swatch);
    }
    const text = Object.assign(make("span", "option__value"), { textContent: value, dir: "auto" });
    label.append(text, make("span", "visually-hidden"));
    return label;
  }

  /** Cross out what is sold out together with what is chosen. */
  #mark() {
    for (const label of this.box.querySelectorAll(".option")) {
      const input = label.querySelector("input");
      if (!input) continue;
      const soldOut = isSoldOut(this.#variants, this.#values, Number(input.dataset.option), input.value);
      label.toggleAttribute("data-sold-out", soldOut);
      const words = label.querySelector(".visually-hidden");
      if (words) words.textContent = soldOut ? `(${this.soldOut})` : "";
    }
  }
}

/**
 * @param {string} tag
 * @param {string} className
 */
function make(tag, className) {
  return Object.assign(document.createElement(tag), { className });
}

/** @returns {Record<string, string>} The values that were chosen last, by option. */
function readRemembered() {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}") ?? {};
  } catch {
    return {}; // no storage, or what it holds is damaged
  }
}

/**
 * @param {Record<string, string[]>} bought
 * @returns {Record<string, string[]>} What to choose by itself: what was chosen last here, and then what was bought last.
 */
function listPreferred(bought) {
  const preferred = { ...bought };
  for (const [name, value] of Object.entries(readRemembered())) preferred[name] = [value, ...(bought[name] ?? [])];
  return preferred;
}

/**
 * Remember what was chosen, for the next product with options of these names.
 * @param {string[]} names
 * @param {Values} values
 */
function remember(names, values) {
  const chosen = names.flatMap((name, index) => (values[index] ? [[optionKey(name), optionKey(values[index])]] : []));
  const entries = Object.entries({ ...readRemembered(), ...Object.fromEntries(chosen) });
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(entries.slice(-MAX_REMEMBERED))));
  } catch {
    // It is not remembered then.
  }
}
