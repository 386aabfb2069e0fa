/** A combobox over the shop's products: type, choose with the arrow keys, Enter takes, Esc closes. */
import { mountAll } from "../site/mount.js";

let lists = 0;

export function mount(box) {
  const input = box.querySelector("input");
  const slug = box.closest("[data-span]").querySelector("input[type=hidden]");
  const settings = box.closest("[data-spans]").dataset;
  const list = document.createElement("ul");
  const says = document.createElement("span");
  list.id = `products-${++lists}`;
  list.className = "combo__list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  says.className = "visually-hidden";
  says.setAttribute("role", "status");
  box.append(list, says);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }
  let timer = 0;
  let asked = 0;
  let active = -1;

  async function search() {
    const words = input.value.trim();
    const number = ++asked;
    if (words.length < 2) return close();
    const answer = await fetch(`${settings.address}?limit=8&q=${encodeURIComponent(words)}`).catch(() => null);
    if (!answer?.ok || number !== asked) return;
    fill((await answer.json()).results);
  }

  function fill(products) {
    list.replaceChildren(...products.map(option));
    says.textContent = products.length
      ? settings.wordsFound.replace("{count}", products.length)
      : settings.wordsNothing;
    if (!products.length) {
      list.append(
        Object.assign(document.createElement("li"), {
          className: "combo__nothing",
          textContent: settings.wordsNothing,
        }),
      );
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    active = -1;
  }

  function option(product, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    const picture = document.createElement("img");
    picture.alt = "";
    picture.src = product.images[0] ? Object.values(product.images[0].sizes)[0] : "data:,";
    const name = Object.assign(document.createElement("span"), { textContent: product.name });
    const price = Object.assign(document.createElement("span"), {
      className: "soft small",
      textContent: `${product.brand} · ${product.price.text}`,
    });
    name.append(document.createElement("br"), price);
    item.append(picture, name);
    item.addEventListener("pointerdown", (event) => (event.preventDefault(), take(product)));
    item.product = product;
    return item;
  }

  function take(product) {
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

  function move(step) {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    active = (active + step + options.length) % options.length;
    options.forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  input.addEventListener("input", () => {
    slug.value = "";
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search();
      else move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const options = list.querySelectorAll("[role=option]");
      if (options.length) take(options[Math.max(active, 0)].product);
    } else if (event.key === "Escape") close();
  });
  input.addEventListener("blur", close);
}

export const mountSearches = (root) => mountAll("product-search", mount, root);
mountSearches(document);
