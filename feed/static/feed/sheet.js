/** The product sheet: pictures, the choice of a variant, live price and stock, quantity, bag, and an order in two taps. */
import { Choice } from "../catalog/choice.js";
import { closest, find, findAll } from "../site/mount.js";
import { toast } from "./announce.js";
import { attempt, request } from "./api.js";
import { showBagCount } from "./bag-count.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { message } from "./messages.js";
import { showOffer, stockOf } from "./offer.js";
import { enqueue } from "./outbox.js";
import { Purchase } from "./purchase.js";
import { clampQuantity } from "./quantity.js";

/** @import { Clip, Product } from "./clips.js" */
/** @import { Variant } from "./offer.js" */
/** @import { Feed } from "./player.js" */
/** @import { QuoteLine } from "./summary.js" */

/**
 * @param {Feed} feed
 * @returns {Sheet}
 */
export function mountSheet(feed) {
  const dialog = find(document, "[data-sheet]", HTMLDialogElement);
  prepareDialog(dialog);
  return new Sheet(dialog, feed.root.dataset.signedIn === "true");
}

export class Sheet {
  quantity = 1;
  /** @type {Clip | undefined} */
  #clip;
  /** @type {Product | undefined} */
  #product;
  #isAdding = false;
  /** Ends when the variants are known, or could not be fetched. */
  details = Promise.resolve();

  /**
   * @param {HTMLDialogElement} dialog
   * @param {boolean} isSignedIn
   */
  constructor(dialog, isSignedIn) {
    this.dialog = dialog;
    /** @type {Choice<Variant>} */
    this.choice = new Choice(this.part("options"), message("sold_out"), () => this.#showChosen());
    this.purchase = new Purchase(this, isSignedIn);
    dialog.addEventListener("click", (event) => this.#onClick(event));
    for (const name of ["more", "outbound"]) {
      this.part(name).addEventListener("click", () => this.#record("product_click"));
    }
  }

  get clip() {
    if (!this.#clip) throw new Error("The sheet is closed.");
    return this.#clip;
  }

  get product() {
    if (!this.#product) throw new Error("The sheet is closed.");
    return this.#product;
  }

  /** @returns {Variant | undefined} What is bought, if it is known. */
  get variant() {
    return this.choice.variant;
  }

  /** What is bought, for the API. */
  get item() {
    const { clip, product, variant, quantity } = this;
    return { product: product.slug, variant: variant?.id ?? null, quantity, seen: clip.token || clip.seen };
  }

  /** @param {string} name */
  part(name) {
    return find(this.dialog, `[data-part="${name}"]`);
  }

  /**
   * Show the product at an index in the clip.
   * @param {Clip} clip
   * @param {number} index
   */
  open(clip, index) {
    this.#clip = clip;
    this.#product = clip.tags[index].product;
    this.quantity = 1;
    this.choice.clear();
    this.purchase.reset();
    this.#fill();
    this.show("product");
    openDialog(this.dialog);
    const { is_for_sale: isForSale, is_in_stock: isInStock, is_outbound: isOutbound } = this.product;
    const first = isForSale && isInStock && !isOutbound ? "[data-buy]" : "[data-close]";
    find(this.dialog, first).focus({ preventScroll: true });
    this.#record("product_open");
    if (clip.token) this.#recordClick();
    this.refresh();
  }

  /** @param {"product" | "address" | "summary" | "payment" | "done"} name  The view to show. */
  show(name) {
    for (const view of findAll(this.dialog, "[data-view]")) view.hidden = view.dataset.view !== name;
    this.part("actions").hidden = name === "payment" || name === "done" || !this.product.is_for_sale;
    this.showProblem("");
  }

  /** @param {string} text */
  showProblem(text) {
    Object.assign(this.part("problem"), { textContent: text, hidden: !text });
  }

  /**
   * Show another price and stock of what is bought.
   * @param {Pick<QuoteLine, "unit_price" | "stock">} line
   */
  update({ unit_price: price, stock }) {
    const { variant, product } = this;
    if (variant) {
      const isRepriced = variant.price.amount_minor !== price.amount_minor;
      Object.assign(
        variant,
        { price, stock, is_in_stock: stock > 0 },
        isRepriced && { crossed_out: null, price_note: "" },
      );
    } else {
      const stock_left = stock <= Number(this.dialog.dataset.fewLeft) ? stock : null;
      Object.assign(product, { price, price_text: price.text, is_in_stock: stock > 0, stock_left });
    }
    this.#showOffer();
  }

  /** @returns {boolean} Whether it is clear what is bought. If a choice is missing, say so and move to it. */
  isChosen() {
    const { missing } = this.choice;
    if (missing.length === 0) return true;
    this.showProblem(message("choose_first", { options: missing.join(", ") }));
    this.choice.focus();
    return false;
  }

  #fill() {
    const { product } = this;
    this.part("brand").textContent = product.brand;
    this.part("name").textContent = product.name;
    this.part("description").textContent = product.description ?? "";
    this.part("more").setAttribute("href", `${product.url}?seen=${this.clip.token}`);
    const pictures = product.pictures.map(({ large, text }) =>
      Object.assign(new Image(640, 640), { src: large, alt: text }),
    );
    this.part("pictures").replaceChildren(...pictures);
    this.#showOffer();
  }

  #showOffer() {
    showOffer(this);
    this.#showQuantity();
  }

  #showQuantity() {
    const limit = Number(this.dialog.dataset.maxQuantity);
    const { is_in_stock: isInStock, stock_left: stockLeft } = stockOf(this);
    const { quantity, max } = clampQuantity(this.quantity, limit, stockLeft);
    this.quantity = quantity;
    this.part("quantity").textContent = String(quantity);
    this.#disable('[data-quantity="-1"]', quantity <= 1);
    this.#disable('[data-quantity="1"]', quantity >= max);
    for (const selector of ["[data-buy]", "[data-bag]"]) this.#disable(selector, !isInStock);
    this.purchase.showButton();
  }

  /**
   * @param {string} selector
   * @param {boolean} isDisabled
   */
  #disable(selector, isDisabled) {
    find(this.dialog, selector, HTMLButtonElement).disabled = isDisabled;
  }

  #showChosen() {
    this.showProblem("");
    this.#showOffer();
  }

  /** Fetch the variants with their price and stock. If the request fails, the sheet does not change. */
  refresh() {
    this.details = this.#fetch(this.product);
    return this.details;
  }

  /** @param {Product} product */
  async #fetch(product) {
    const url = `${endpoint("product", { slug: product.slug })}?seen=${this.clip.token}`;
    const current = await request("GET", url).catch(() => null);
    if (!current || this.product !== product) return;
    const { price, price_text, stock, description, is_for_sale, is_outbound, outbound } = current;
    const { rating_average, rating_count } = current;
    Object.assign(product, { description, rating_average, rating_count, is_for_sale, is_outbound, outbound });
    this.part("description").textContent = description;
    this.choice.offer(is_outbound ? [] : current.variants, current.option_names, current.swatches);
    const stock_left = stock <= Number(this.dialog.dataset.fewLeft) ? stock : null;
    Object.assign(product, { price, price_text, is_in_stock: current.is_in_stock, stock_left });
    this.#showOffer();
  }

  /** @param {Event} event */
  #onClick(event) {
    const step = closest(event, "[data-quantity]");
    if (step) {
      this.quantity += Number(step.dataset.quantity);
      this.#showQuantity();
    } else if (closest(event, "[data-buy]")) {
      this.purchase.press();
    } else if (closest(event, "[data-bag]")) {
      this.#addToBag();
    }
  }

  async #addToBag() {
    if (this.#isAdding) return;
    this.#isAdding = true;
    await this.details;
    const bag = this.isChosen() ? await attempt(() => request("POST", endpoint("bag"), this.item)) : null;
    this.#isAdding = false;
    if (!bag) return;
    showBagCount(bag.count);
    this.dialog.close();
    toast(message("in_bag"));
  }

  /** @param {string} kind  Of the event. */
  #record(kind) {
    enqueue({ token: this.clip.token, kind, product: this.product.slug });
  }

  /** Attribute a later order to this clip. */
  #recordClick() {
    request("POST", endpoint("clicks"), { product: this.product.slug, seen: this.clip.token }).catch(() => null);
  }
}
