/** A combobox over the shop's products: type, choose with the arrow keys, select with Enter, close with Esc. */
import { fetchJson } from "../site/fetch-json.js";
import { find, findAll, mountAll } from "../site/mount.js";

const SEARCH_AFTER_MS = 150;
const MIN_LENGTH = 2;
let count = 0;

/**
 * @typedef {object} ProductHit  A product as the API returns it.
 * @property {string} slug
 * @property {string} name
 * @property {string} brand
 * @property {string} price_text
 * @property {{sizes: Record<string, string>}[]} images
 */

/** @param {HTMLElement} box */
export function mount(box) {
  const input = find(box, "input", HTMLInputElement);
  const row = /** @type {HTMLElement} */ (box.closest("[data-span]"));
  const slug = find(row, "input[type=hidden]", HTMLInputElement);
  const settings = /** @type {HTMLElement} */ (box.closest("[data-spans]")).dataset;
  const list = document.createElement("ul");
  const status = document.createElement("span");
  list.id = `products-${++count}`;
  list.className = "combo__list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  box.append(list, status);
  const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(roles)) input.setAttribute(name, value);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let latestRequest = 0;
  /** @type {ProductHit[]} */
  let products = [];
  let active = -1;

  async function search() {
    const words = input.value.trim();
    const request = ++latestRequest;
    if (words.length < MIN_LENGTH) return close();
    const url = `${settings.address}?limit=8&q=${encodeURIComponent(words)}`;
    const page = await fetchJson(url);
    if (!page || request !== latestRequest) return;
    products = page.results;
    open();
  }

  function open() {
    const { wordsFound = "", wordsNothing = "" } = settings;
    list.replaceChildren(...products.map(makeOption));
    status.textContent = products.length ? wordsFound.replace("{count}", String(products.length)) : wordsNothing;
    if (!products.length) {
      const line = { className: "combo__nothing", textContent: wordsNothing };
      list.append(Object.assign(document.createElement("li"), line));
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    active = -1;
  }

  /**
   * @param {ProductHit} product
   * @param {number} index
   */
  function makeOption(product, index) {
    const option = document.createElement("li");
    option.id = `${list.id}-${index}`;
    option.setAttribute("role", "option");
    const picture = document.createElement("img");
    picture.alt = "";
    picture.src = product.images[0] ? Object.values(product.images[0].sizes)[0] : "data:,";
    const name = Object.assign(document.createElement("span"), { textContent: product.name });
    const details = { className: "soft small", textContent: `${product.brand} · ${product.price_text}` };
    name.append(document.createElement("br"), Object.assign(document.createElement("span"), details));
    option.append(picture, name);
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      select(product);
    });
    return option;
  }

  /** @param {ProductHit} product */
  function select(product) {
    input.value = product.name;
    slug.value = product.slug;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  }

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** @param {1 | -1} step */
  function moveActive(step) {
    const options = findAll(list, "[role=option]");
    if (!options.length) return;
    active = (active + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", () => {
    slug.value = "";
    clearTimeout(timer);
    timer = setTimeout(search, SEARCH_AFTER_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search();
      else moveActive(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (products.length) select(products[Math.max(active, 0)]);
    } else if (event.key === "Escape") close();
  });
  input.addEventListener("blur", close);
}

/** @param {ParentNode} root  With rows that were added to the page. */
export function mountSearches(root) {
  mountAll("product-search", mount, root);
}

mountSearches(document);
