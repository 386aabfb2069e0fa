/** Orders in two taps: "Buy now", then "Confirm". The address is asked for only if none is saved. */
import { find, findAll } from "../site/mount.js";
import { announce } from "./announce.js";
import { ApiError, isRequestError, request } from "./api.js";
import { endpoint } from "./endpoints.js";
import { errorText } from "./errors.js";
import { message } from "./messages.js";

/** @import { Sheet } from "./sheet.js" */

export class Purchase {
  #isConfirming = false;
  /** Idempotency key: requests with the same key create only one order. */
  #key = "";
  #total = "";

  /**
   * @param {Sheet} sheet
   * @param {boolean} isSignedIn
   */
  constructor(sheet, isSignedIn) {
    this.sheet = sheet;
    this.button = find(sheet.dialog, "[data-buy]", HTMLButtonElement);
    this.form = find(sheet.dialog, '[data-view="address"]', HTMLFormElement);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.press();
    });
    for (const field of findAll(this.form, "[data-guest-only]")) field.hidden = isSignedIn;
    if (isSignedIn) find(this.form, "[name=email]", HTMLInputElement).required = false;
  }

  /** Start over for another product. */
  reset() {
    this.#isConfirming = false;
    this.#key = crypto.randomUUID();
  }

  /** @param {string} total  The price to confirm, as text. */
  setTotal(total) {
    if (total !== this.#total && this.#isConfirming) this.#key = crypto.randomUUID();
    this.#total = total;
    this.sheet.part("buy-word").textContent = this.#isConfirming ? message("confirm", { total }) : message("buy");
    this.button.classList.toggle("sheet__buy--confirm", this.#isConfirming);
    this.sheet.part("terms").hidden = !this.#isConfirming || this.sheet.part("actions").hidden;
  }

  /** Ask for confirmation on the first press, and order on the second. */
  press() {
    this.sheet.showProblem("");
    if (!this.#isConfirming) {
      this.#isConfirming = true;
      this.setTotal(this.#total);
      announce(this.sheet.part("buy-word").textContent ?? "");
    } else if (this.form.hidden || this.form.reportValidity()) {
      this.#order();
    }
  }

  async #order() {
    const { sheet } = this;
    const seen = sheet.clip.token || sheet.clip.seen;
    const body = { product: sheet.product.slug, quantity: sheet.quantity, seen, ...this.#typed() };
    this.button.disabled = true;
    sheet.part("buy-word").textContent = message("buying");
    try {
      this.#succeed(await request("POST", endpoint("checkout"), body, { "Idempotency-Key": this.#key }));
    } catch (error) {
      if (!isRequestError(error)) throw error;
      this.#fail(error);
    } finally {
      this.button.disabled = false;
      this.setTotal(this.#total);
    }
  }

  /** @returns {{email?: string, address?: Record<string, string>}} What was typed, or an empty object if the form is hidden. */
  #typed() {
    if (this.form.hidden) return {};
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(this.form)));
    const { email, ...address } = fields;
    return email ? { email, address } : { address };
  }

  /**
   * Say that the order is placed or, if it must still be paid, lead on to the page where that is done.
   * @param {{code: string, total: {text: string}, email: string, url: string, next_url: string}} order
   */
  #succeed(order) {
    const { sheet } = this;
    const view = order.next_url ? "payment" : "done";
    sheet.recordPurchase();
    const values = { code: order.code, total: order.total.text, email: order.email };
    sheet.part("done-words").textContent = message("ordered", values);
    sheet.part("order").setAttribute("href", order.url);
    sheet.show(view);
    sheet.part(`${view}-head`).focus();
    this.#key = crypto.randomUUID();
    if (order.next_url) {
      sheet.part("payment").setAttribute("href", order.next_url);
      location.assign(order.next_url);
    }
  }

  /**
   * Ask for the address if the server needs one. Otherwise show the server's sentence.
   * @param {ApiError | TypeError} error
   */
  #fail(error) {
    const { status, body } = error instanceof ApiError ? error : { status: 0, body: /** @type {any} */ ({}) };
    const lacksAddress = status === 400 && Boolean(body.address || body.email);
    // A corrected request needs a new key, and so does one after a lost race.
    if (lacksAddress || status === 409) this.#key = crypto.randomUUID();
    if (lacksAddress && this.form.hidden) {
      this.sheet.show("address");
      findAll(this.form, "[required]")
        .find((field) => !field.closest("[hidden]"))
        ?.focus();
    } else {
      this.sheet.showProblem(errorText(body) || message(navigator.onLine ? "failed" : "offline"));
    }
  }
}
