/** The address in the product sheet: a form with the fields of the country, or one of the saved addresses. */
import { find, findAll } from "../site/mount.js";
import { fillParts } from "../site/swaps.js";
import { request } from "./api.js";
import { endpoint } from "./endpoints.js";
import { errorText } from "./errors.js";

/** @import { Sheet } from "./sheet.js" */

/** @typedef {{id: number, label: string, lines: string[]}} SavedAddress */

export class AddressView {
  /** Whether an address was typed here, which then counts instead of a saved one. */
  #isTyped = false;
  #hasSaved = false;

  /**
   * @param {Sheet} sheet
   * @param {boolean} isSignedIn
   * @param {() => void} onSubmit
   */
  constructor(sheet, isSignedIn, onSubmit) {
    this.sheet = sheet;
    this.isSignedIn = isSignedIn;
    this.form = find(sheet.dialog, '[data-view="address"]', HTMLFormElement);
    this.select = find(sheet.dialog, '[data-part="saved"]', HTMLSelectElement);
    this.select.addEventListener("change", () => (this.#isTyped = false));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      onSubmit();
    });
    for (const field of findAll(this.form, "[data-guest-only]")) field.hidden = isSignedIn;
    if (isSignedIn) find(this.form, "[name=email]", HTMLInputElement).required = false;
  }

  /** Forget which address was chosen for an earlier product, but not what was typed. */
  reset() {
    this.select.value = "";
    if (this.isSignedIn) this.#isTyped = false;
  }

  /** Show the form, with the fields of the shop's country at first. */
  async open() {
    this.#isTyped = true;
    if (find(this.form, "[data-swap]").childElementCount === 0) await fillParts(this.form);
    findAll(this.form, "[required]")
      .find((field) => !field.closest("[hidden]"))
      ?.focus();
  }

  /** @returns {boolean} Whether the browser finds nothing missing. It shows what it finds. */
  isComplete() {
    this.#clearProblems();
    return this.form.reportValidity();
  }

  /** @returns {{email?: string, address?: Record<string, string>, address_id?: number}} For the API. */
  values() {
    if (this.select.value && !this.#isTyped) return { address_id: Number(this.select.value) };
    if (!this.#isTyped) return {};
    const shown = findAll(this.form, "input:not([type=hidden]), select");
    const names = new Set(shown.map((field) => field.getAttribute("name")));
    const typed = [...new FormData(this.form)].filter(([name]) => names.has(name));
    const { email, ...address } = /** @type {Record<string, string>} */ (Object.fromEntries(typed));
    if (Object.keys(address).length === 0) return email ? { email } : {};
    return email ? { email, address } : { address };
  }

  /** Offer the saved addresses to somebody who is signed in. */
  async offerSaved() {
    if (!this.isSignedIn || this.#hasSaved) return;
    this.#hasSaved = true;
    const saved = /** @type {SavedAddress[] | null} */ (await request("GET", endpoint("addresses")).catch(() => null));
    this.#hasSaved = saved !== null;
    if (!saved) return;
    const options = saved.map(({ id, label, lines }) => new Option(label || lines.join(", "), String(id)));
    this.select.replaceChildren(...options);
    this.sheet.part("saved-label").hidden = options.length < 2;
  }

  /**
   * Put each of the server's sentences at its field.
   * @param {Record<string, any>} body  `{"address": {"city": ["…"]}, "email": ["…"]}`
   */
  showProblems(body) {
    this.#clearProblems();
    const nested = typeof body.address === "object" && !Array.isArray(body.address) ? body.address : {};
    const problems = Object.entries({ ...nested, ...(body.email ? { email: body.email } : {}) });
    for (const [name, sentences] of problems) {
      const control = this.form.querySelector(`[name="${CSS.escape(name)}"]`);
      const text = Object.assign(document.createElement("p"), {
        className: "field__error",
        textContent: errorText(sentences),
      });
      control?.closest(".field")?.classList.add("field--wrong");
      control?.after(text);
    }
    const wrong = this.form.querySelector(".field--wrong");
    /** @type {HTMLElement | null} */ ((wrong ?? this.form).querySelector(wrong ? "[name]" : "[required]"))?.focus();
    wrong?.scrollIntoView({ block: "nearest" });
  }

  #clearProblems() {
    for (const text of findAll(this.form, ".field__error")) text.remove();
    for (const field of findAll(this.form, ".field--wrong")) field.classList.remove("field--wrong");
  }
}
