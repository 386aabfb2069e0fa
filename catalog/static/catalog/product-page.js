/** The choice of a variant on the product page, with its price, stock and picture. Without it, the page has a plain list. */
import { find, findAll, mountAll } from "../site/mount.js";
import { Choice } from "./choice.js";

/**
 * @typedef {object} Row  A variant as the page describes it. What is empty is missing.
 * @property {number} id
 * @property {string[]} options
 * @property {string} price
 * @property {string} [crossedOut]
 * @property {string} [note]
 * @property {number} [left]  Missing if there are plenty.
 * @property {number} [picture]
 *
 * @typedef {Row & {is_in_stock: boolean}} Shown
 */

/** @param {HTMLElement} offer */
function mount(offer) {
  const list = offer.querySelector("[data-options]");
  if (!(list instanceof HTMLElement)) return; // nothing can be bought here now
  const data = JSON.parse(find(document, "#variants", HTMLScriptElement).textContent ?? "");
  /** @type {Shown[]} */
  const rows = data.variants.map((/** @type {Row} */ row) => ({ ...row, is_in_stock: row.left !== 0 }));
  const chosen = list.querySelector("input[name=variant]:checked, select[name=variant] option:checked");
  const chosenId = Number(chosen?.getAttribute("value")) || undefined;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "variant" });
  const show = () => showVariant(offer, field, choice.variant, choice.missing.length === 0);
  const box = document.createElement("div");
  /** @type {Choice<Shown>} */
  const choice = new Choice(box, list.dataset.soldOut ?? "", show);
  list.replaceChildren(box, field);
  choice.offer(rows, data.optionNames, data.swatches, chosenId, data.lastOptions);
  const form = find(offer, "form", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    if (choice.missing.length === 0) return;
    event.preventDefault();
    choice.focus();
  });
  show();
}

/**
 * @param {HTMLElement} offer
 * @param {HTMLInputElement} field
 * @param {Shown | undefined} variant
 * @param {boolean} isComplete  Whether a value is chosen for every option.
 */
function showVariant(offer, field, variant, isComplete) {
  /** @param {string} name */
  const part = (name) => find(offer, `[data-part="${name}"]`);
  field.value = variant ? String(variant.id) : "";
  const isSoldOut = isComplete && !variant?.is_in_stock;
  for (const button of findAll(offer, "button[name=then]", HTMLButtonElement)) button.disabled = isSoldOut;
  if (!isComplete) return;
  const stock = part("stock");
  const { inStock, soldOut, fewLeft } = stock.dataset;
  const count = variant?.left;
  stock.textContent = (isSoldOut ? soldOut : count ? fewLeft?.replace("{count}", String(count)) : inStock) ?? "";
  stock.className = `badge badge--${isSoldOut ? "bad" : count ? "wait" : "good"}`;
  part("before").hidden = !variant?.crossedOut;
  part("note").hidden = !variant?.note;
  if (!variant) return;
  part("price").textContent = variant.price;
  find(part("before"), "s").textContent = variant.crossedOut ?? "";
  part("note").textContent = variant.note ?? "";
  showPicture(variant.picture);
}

/** @param {number | undefined} picture  Its id. */
function showPicture(picture) {
  const frame = document.querySelector(`[data-picture="${picture}"]`);
  const strip = frame?.parentElement;
  if (frame instanceof HTMLElement && strip) strip.scrollTo({ left: frame.offsetLeft - strip.offsetLeft });
}

mountAll("variant-choice", mount);
