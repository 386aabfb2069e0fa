/** The product sheet: pictures, the choice of a variant, live price and stock, quantity, bag, and an order in two taps. */
import { Choice } from "../catalog/choice.js";
import { closest, find, findAll } from "../site/mount.js";
import { toast } from "./announce.js";
import { attempt, request } from "./api.js";
import { showBagCount } from "./bag-count.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { message } from "./messages.js";
import { enqueue } from "./outbox.js";
import { fetchProduct, showOfferAndQuantity, showProduct, showQuantity } from "./product-view.js";
import { Purchase } from "./purchase.js";

/** @import { Clip, Product } from "./clips.js" */
/** @import { Variant } from "./offer.js" */
/** @import { Feed } from "./player.js" */

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
  /** @type {Promise<Record<string, string[]>> | undefined} */
  #lastOptions;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {boolean} isSignedIn
   */
  constructor(dialog, isSignedIn) {
    this.dialog = dialog;
    this.isSignedIn = isSignedIn;
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
    showProduct(this);
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

  /** @returns {boolean} Whether it is clear what is bought. If a choice is missing, say so and move to it. */
  isChosen() {
    const { missing } = this.choice;
    if (missing.length === 0) return true;
    this.showProblem(message("choose_first", { options: missing.join(", ") }));
    this.choice.focus();
    return false;
  }

  #showChosen() {
    this.showProblem("");
    showOfferAndQuantity(this);
  }

  /** @returns {Promise<Record<string, string[]>>} What the viewer bought last, by option. Fetched once; empty for visitors. */
  lastOptions() {
    if (!this.isSignedIn) return Promise.resolve({});
    this.#lastOptions ??= request("GET", endpoint("last_options")).catch(() => ({}));
    return this.#lastOptions;
  }

  /** Fetch the variants with their price and stock. If the request fails, the sheet does not change. */
  refresh() {
    this.details = fetchProduct(this);
    return this.details;
  }

  /** @param {Event} event */
  #onClick(event) {
    const step = closest(event, "[data-quantity]");
    if (step) {
      this.quantity += Number(step.dataset.quantity);
      showQuantity(this);
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
