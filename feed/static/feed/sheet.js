/** The product sheet: pictures, live price and stock, quantity, bag, and an order in two taps. */
import { toast } from "./announce.js";
import { attempt } from "./actions.js";
import { ask } from "./api.js";
import { Purchase } from "./purchase.js";
import { prepareDialog } from "./dialogs.js";
import { tell } from "./outbox.js";
import { stockWords, total } from "./slide.js";
import { word } from "./messages.js";

export function sheet(feed) {
  const dialog = document.querySelector("[data-sheet]");
  prepareDialog(dialog);
  return new Sheet(feed, dialog);
}

class Sheet {
  constructor(feed, dialog) {
    Object.assign(this, { feed, dialog, quantity: 1 });
    this.purchase = new Purchase(this);
    dialog.addEventListener("click", (event) => this.#click(event));
    for (const name of ["more", "outbound"])
      this.part(name).addEventListener("click", () => this.#tell("product_click"));
  }

  part(name) {
    return this.dialog.querySelector(`[data-part="${name}"]`);
  }

  open(clip, index) {
    this.clip = clip;
    this.product = clip.tags[index].product;
    this.quantity = 1;
    this.purchase.reset();
    this.#fill();
    this.view("product");
    this.dialog.showModal();
    const first = this.product.is_in_stock && !this.product.is_outbound ? "[data-buy]" : "[data-close]";
    this.dialog.querySelector(first).focus({ preventScroll: true });
    this.#tell("product_open");
    this.#refresh(this.product);
  }

  /** Show one of the views: product, address, done. */
  view(name) {
    for (const view of this.dialog.querySelectorAll("[data-view]")) view.hidden = view.dataset.view !== name;
    this.part("actions").hidden = name === "done";
    this.problem("");
  }

  problem(text) {
    this.part("problem").textContent = text;
    this.part("problem").hidden = !text;
  }

  bought() {
    this.#tell("purchase");
  }

  #fill() {
    const { product } = this;
    this.part("brand").textContent = product.brand;
    this.part("name").textContent = product.name;
    this.part("words").textContent = product.description ?? "";
    this.part("more").href = `${product.url}?seen=${this.clip.token}`;
    this.part("pictures").replaceChildren(
      ...product.pictures.map((one) => Object.assign(new Image(640, 640), { src: one.large, alt: one.text })),
    );
    this.#showOffer();
  }

  #showOffer() {
    const { product } = this;
    this.part("price").textContent = product.price.text;
    const stock = this.part("stock");
    stock.textContent = stockWords(product) || word("in_stock");
    this.#showWayOut();
    stock.className = `badge badge--${product.is_in_stock ? (product.stock_left ? "wait" : "good") : "bad"}`;
    this.#showQuantity();
  }

  /** What another shop sells has one button, the way there; the server signs it for this clip when the sheet opens. */
  #showWayOut() {
    const { is_outbound: isOutbound, is_in_stock: isInStock, outbound } = this.product;
    for (const one of this.part("actions").children) one.hidden = isOutbound;
    const link = this.part("outbound");
    link.hidden = !isOutbound || !isInStock;
    if (outbound) link.href = outbound;
    else link.removeAttribute("href");
  }

  #showQuantity() {
    const { product } = this;
    const limit = Number(this.dialog.dataset.maxQuantity);
    const most = Math.min(limit, product.stock_left ?? limit);
    this.quantity = Math.max(1, Math.min(this.quantity, most));
    this.part("quantity").textContent = String(this.quantity);
    this.dialog.querySelector('[data-quantity="-1"]').disabled = this.quantity <= 1;
    this.dialog.querySelector('[data-quantity="1"]').disabled = this.quantity >= most;
    for (const name of ["buy", "bag"]) this.dialog.querySelector(`[data-${name}]`).disabled = !product.is_in_stock;
    this.purchase.label(total(product, this.quantity));
  }

  /** Ask for price and stock as they are now; what is shown stays when there is no answer. */
  async #refresh(product) {
    const address = `/api/v1/products/${product.slug}/?seen=${this.clip.token}`;
    const fresh = await ask("GET", address).catch(() => null);
    if (!fresh || this.product !== product) return;
    product.price = fresh.price;
    product.is_in_stock = fresh.is_in_stock;
    product.stock_left = fresh.stock <= Number(this.dialog.dataset.fewLeft) ? fresh.stock : null;
    product.description = fresh.description;
    product.is_outbound = fresh.is_outbound;
    product.outbound = fresh.outbound;
    this.part("words").textContent = product.description;
    this.#showOffer();
  }

  #click(event) {
    const step = event.target.closest("[data-quantity]");
    if (step) {
      this.quantity += Number(step.dataset.quantity);
      this.#showQuantity();
    } else if (event.target.closest("[data-buy]")) {
      this.purchase.press();
    } else if (event.target.closest("[data-bag]")) {
      this.#addToBag();
    }
  }

  async #addToBag() {
    const body = { product: this.product.slug, quantity: this.quantity, seen: this.clip.token };
    const bag = await attempt(() => ask("POST", "/api/v1/bag/", body));
    if (!bag) return;
    this.#tell("add_to_bag");
    this.dialog.close();
    toast(word("in_bag"));
  }

  #tell(kind) {
    const product = this.product.slug;
    tell({ token: this.clip.token, kind, product });
    if (kind === "product_open" && this.clip.token) {
      ask("POST", "/api/v1/clicks/", { product, seen: this.clip.token }).catch(() => null);
    }
  }
}
