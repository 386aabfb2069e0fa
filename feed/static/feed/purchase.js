/**
 * Orders in two taps: "Buy now" shows the total and where it goes, asking for an address if none is saved; a second tap
 * confirms. The shown total is sent along: if it has changed, the server answers with the new one, to be confirmed again.
 */
import { find } from "../site/mount.js";
import { AddressView } from "./address-view.js";
import { announce } from "./announce.js";
import { ApiError, isRequestError, request } from "./api.js";
import { endpoint } from "./endpoints.js";
import { errorText } from "./errors.js";
import { Means } from "./means.js";
import { message } from "./messages.js";
import { OrderKeys } from "./order-keys.js";
import { showLine } from "./product-view.js";
import { ShippingChoice } from "./shipping-choice.js";
import { showEnd, showOrder, showSummary } from "./summary.js";

/** @import { Sheet } from "./sheet.js" */
/** @import { Quote } from "./summary.js" */

export class Purchase {
  /** @type {"product" | "address" | "summary"} The view that the next tap belongs to. */
  #step = "product";
  #keys = new OrderKeys();
  /** @type {Quote | undefined} The quote that is shown. */
  #quote;
  #running = 0; // requests that are not answered yet
  /** Changes when a quote that was asked for is no longer wanted: for another product, address or view. */
  #turn = 0;

  /**
   * @param {Sheet} sheet
   * @param {boolean} isSignedIn
   */
  constructor(sheet, isSignedIn) {
    this.sheet = sheet;
    this.button = find(sheet.dialog, "[data-buy]", HTMLButtonElement);
    this.address = new AddressView(sheet, isSignedIn, () => this.press());
    this.means = new Means(sheet, () => this.showButton());
    this.shipping = new ShippingChoice(sheet, () => this.#review());
    find(sheet.dialog, "[data-back]").addEventListener("click", () => this.#leave("product"));
    find(sheet.dialog, "[data-change-address]").addEventListener("click", () => this.#leave("address"));
    this.address.select.addEventListener("change", () => this.#review());
  }

  /** Start over for another product. */
  reset() {
    this.#turn += 1;
    this.#step = "product";
    this.#quote = undefined;
    this.address.reset();
    this.means.reset();
    this.shipping.reset();
    this.showButton();
  }

  /** Write on the button what the next tap does. */
  showButton() {
    const isConfirming = this.#step === "summary" && this.#quote !== undefined;
    let text = message(this.#step === "address" ? "continue" : "buy");
    if (this.#quote && isConfirming) {
      text = this.means.confirmText(this.#quote);
      this.sheet.part("payment-note").hidden = !this.#quote.payment_page_follows || this.means.card !== undefined;
    }
    this.sheet.part("buy-word").textContent = text;
    this.button.classList.toggle("sheet__buy--confirm", isConfirming);
    this.sheet.part("actions").dataset.step = this.#step;
    this.sheet.part("terms").hidden = !isConfirming;
  }

  /** Go on: from the product or the address to the total, and from the total to the order. */
  press() {
    if (this.#running > 0) return;
    this.sheet.showProblem("");
    if (this.#step === "summary") this.#attempt("buying", () => this.#order());
    else if (this.#step === "product" || this.address.isComplete()) this.#review();
  }

  /** @param {"product" | "address" | "summary"} step */
  async #go(step) {
    this.#step = step;
    this.sheet.show(step);
    this.showButton();
    if (step === "address") await this.address.open();
    if (step === "summary" && this.#quote) {
      showSummary(this.sheet, this.#quote, this.address.values().email);
      this.address.offerSaved();
      announce(this.sheet.part("buy-word").textContent ?? "");
    }
  }

  /**
   * Go to another view. A quote that is still under way does not lead away from it.
   * @param {"product" | "address"} step
   */
  #leave(step) {
    this.#turn += 1;
    return this.#go(step);
  }

  /** Ask for a quote and show it, unless another one is wanted by then. */
  #review() {
    const turn = ++this.#turn;
    const isWanted = () => turn === this.#turn;
    const ask = async () => {
      await this.sheet.details;
      if (!isWanted() || !this.sheet.isChosen()) return;
      const quote = await request("POST", endpoint("quote"), this.#body());
      if (isWanted()) this.#show(quote);
    };
    return this.#attempt("checking", ask, isWanted);
  }

  /**
   * Show a quote, or ask for what it lacks. If the product can't be bought any more, go back to it and say why.
   * If it can't be delivered to the address, ask for another one.
   * @param {Quote} quote
   */
  #show(quote) {
    this.#quote = quote;
    this.means.offer(quote);
    this.shipping.offer(quote);
    showLine(this.sheet, quote.lines[0]);
    if (quote.shipping_problem) {
      this.#go("address").then(() => this.sheet.showProblem(quote.missing.length > 0 ? "" : quote.shipping_problem));
    } else if (!quote.is_buyable) {
      this.#leaveWith(quote.lines[0].problem);
    } else if (this.address.isSignedIn && quote.missing.includes("email")) {
      this.sheet.showProblem(message("signed_out"));
    } else this.#go(quote.missing.length > 0 ? "address" : "summary");
  }

  /** @param {string} problem  Why to go back to the product, whose variants may have changed. */
  #leaveWith(problem) {
    this.#leave("product");
    this.sheet.showProblem(problem);
    this.sheet.refresh();
  }

  async #order() {
    const { total, quote_id } = /** @type {Quote} */ (this.#quote);
    const confirmed = { expected_total_minor: total.amount_minor, expected_currency: total.currency, quote_id };
    const body = { ...this.#body(), ...confirmed, ...this.means.values() };
    const send = (/** @type {Record<string, string>} */ keys) => request("POST", endpoint("checkout"), body, keys);
    const order = await this.#keys.send(body.product, send);
    this.reset();
    showOrder(this.sheet, order);
  }

  #body() {
    return { ...this.sheet.item, ...this.address.values(), ...this.shipping.values() };
  }

  /**
   * Run a request, with a word about it on the button.
   * @param {string} busy  The message on the button.
   * @param {() => Promise<void>} run
   * @param {() => boolean} [isWanted]  Whether a failure is still shown.
   */
  async #attempt(busy, run, isWanted = () => true) {
    this.#running += 1;
    this.button.setAttribute("aria-busy", "true");
    this.sheet.part("buy-word").textContent = message(busy);
    try {
      await run();
    } catch (error) {
      if (!isRequestError(error)) throw error;
      if (isWanted()) this.#fail(error, busy === "buying");
    } finally {
      if (--this.#running === 0) {
        this.button.removeAttribute("aria-busy");
        this.showButton();
      }
    }
  }

  /**
   * Show the new total if there is one, or what is wrong at its field. Otherwise show the server's sentence.
   * @param {ApiError | import("./api.js").NetworkError} error
   * @param {boolean} isOrder  Without an answer, the order may have been placed.
   */
  #fail(error, isOrder) {
    const { status, body } = error instanceof ApiError ? error : { status: 0, body: /** @type {any} */ ({}) };
    if (status === 402 && body.code) {
      this.reset();
      showEnd(this.sheet, "payment", body.next_url || body.url, message("not_charged"), body.detail);
    } else if (status === 400 && body.card_id) {
      this.#review().then(() => this.sheet.showProblem(errorText(body.card_id)));
    } else if (status === 400 && (body.address || body.email)) {
      this.#leave("address").then(() => this.address.showProblems(body));
    } else {
      if (status === 409 && body.quote?.lines[0]?.product === this.sheet.product.slug) this.#show(body.quote);
      const sentences = errorText(status === 400 ? body : { detail: body.detail });
      if (body.product || body.variant || (status === 409 && !body.quote)) this.#leaveWith(sentences);
      else if (isOrder && status === 422) this.sheet.showProblem(message("order_received"));
      else this.sheet.showProblem(sentences || message(isOrder ? "order_unanswered" : "failed"));
    }
  }
}
