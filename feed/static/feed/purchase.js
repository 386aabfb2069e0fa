/** "Buy now", then "Confirm": two taps to an order. The address is asked only when none is saved. */
import { announce } from "./announce.js";
import { ApiError, ask } from "./api.js";
import { word } from "./messages.js";

export class Purchase {
  #stage = "offer";
  #key = "";
  #total = "";

  constructor(sheet) {
    this.sheet = sheet;
    this.button = sheet.dialog.querySelector("[data-buy]");
    this.form = sheet.dialog.querySelector('[data-view="address"]');
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.press();
    });
    const isGuest = sheet.feed.root.dataset.signedIn !== "true";
    for (const field of this.form.querySelectorAll("[data-guest-only]")) field.hidden = !isGuest;
    if (!isGuest) this.form.elements.email.required = false;
  }

  reset() {
    this.#stage = "offer";
    this.#key = crypto.randomUUID();
  }

  label(total) {
    if (total !== this.#total && this.#stage === "confirm") this.#key = crypto.randomUUID();
    this.#total = total;
    const isConfirming = this.#stage !== "offer";
    this.sheet.part("buy-word").textContent = isConfirming ? word("confirm", { total }) : word("buy");
    this.button.classList.toggle("sheet__buy--confirm", isConfirming);
  }

  press() {
    this.sheet.problem("");
    if (this.#stage === "offer") {
      this.#stage = "confirm";
      this.label(this.#total);
      announce(this.sheet.part("buy-word").textContent);
      return;
    }
    if (!this.form.hidden && !this.form.reportValidity()) return;
    this.#order();
  }

  async #order() {
    const { sheet } = this;
    const body = { product: sheet.product.slug, quantity: sheet.quantity, seen: sheet.clip.token, ...this.#typed() };
    this.button.disabled = true;
    sheet.part("buy-word").textContent = word("buying");
    try {
      const order = await ask("POST", "/api/v1/checkout/", body, { "Idempotency-Key": this.#key });
      this.#done(order);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof TypeError)) throw error;
      this.#failed(error);
    } finally {
      this.button.disabled = false;
      this.label(this.#total);
    }
  }

  #typed() {
    if (this.form.hidden) return {};
    const { email, ...address } = Object.fromEntries(new FormData(this.form));
    return email ? { email, address } : { address };
  }

  #done(order) {
    const { sheet } = this;
    sheet.bought();
    sheet.part("done-words").textContent = word("ordered", {
      code: order.code,
      total: order.total.text,
      email: order.email,
    });
    sheet.part("order").href = order.next_url || order.url;
    if (order.next_url) sheet.part("order").textContent = word("pay");
    sheet.view("done");
    sheet.part("done-head").focus();
    this.#key = crypto.randomUUID();
  }

  /** Without an address the server names what it misses; anything else is a sentence for the person. */
  #failed(error) {
    const { sheet } = this;
    const answer = error.answer ?? {};
    if (error.status === 400 && (answer.address || answer.email)) {
      const isFirst = this.form.hidden;
      if (isFirst) {
        sheet.view("address");
        const field = [...this.form.elements].find((one) => one.required && !one.closest("[hidden]"));
        field?.focus();
        // A corrected request is another request.
        this.#key = crypto.randomUUID();
        return;
      }
      this.#key = crypto.randomUUID();
      sheet.problem(sentences(answer));
      return;
    }
    if (error.status === 409) this.#key = crypto.randomUUID();
    sheet.problem(answer.detail ?? (sentences(answer) || word(navigator.onLine ? "failed" : "offline")));
  }
}

/** Flatten `{"field": ["…"]}`, also nested, to its sentences. */
function sentences(answer) {
  if (typeof answer === "string") return answer;
  return Object.values(answer ?? {})
    .map(sentences)
    .filter(Boolean)
    .join(" ");
}
