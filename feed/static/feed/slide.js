/** One clip's <article>: filled from the API's data, by the server's own markup for it. */
import { money, word } from "./messages.js";

const template = (name) => document.querySelector(`template[data-${name}-template]`).content;

export function makeItem() {
  return template("slide").firstElementChild.cloneNode(true);
}

export function makeEnd() {
  return template("end").firstElementChild.cloneNode(true);
}

/** Put a clip's data into its item, whether that is empty or was rendered by the server. */
export function fill(item, clip) {
  if (!item.firstElementChild) item.append(makeItem().firstElementChild);
  item.dataset.filled = "yes";
  const slide = item.firstElementChild;
  const part = (name) => slide.querySelector(`[data-part="${name}"]`);
  slide.dataset.code = clip.code;
  delete slide.dataset.shown;
  slide.setAttribute("aria-label", word("clip_by", { name: clip.creator.name, caption: clip.caption }));
  slide.classList.toggle("slide--whole", clip.width_px / clip.height_px > 0.75);
  setSource(part("backdrop"), clip.poster);
  setSource(part("poster"), clip.poster);
  part("ad").textContent = clip.ad_label;
  part("ad").hidden = !clip.ad_label;
  part("creator").href = clip.creator.url;
  part("name").textContent = clip.creator.name;
  part("caption").textContent = clip.caption;
  part("reason").textContent = clip.reasons[0]?.text ?? "";
  slide.querySelector(".slide__why").hidden = clip.reasons.length === 0;
  slide.querySelector('[data-act="captions"]').parentElement.hidden = !clip.captions;
  fillFace(part("face"), clip.creator);
  part("products").replaceChildren(...clip.tags.map((tag, index) => makeProduct(tag, index)));
  showMarks(slide, clip);
}

/** Leave nothing of a clip but its place; returns the item. */
export function empty(item) {
  item.replaceChildren();
  delete item.dataset.filled;
  return item;
}

export function showMarks(slide, clip) {
  press(slide, "like", clip.is_liked);
  press(slide, "save", clip.is_saved);
  press(slide, "follow", clip.creator.is_followed);
  slide.querySelector('[data-part="follow-word"]').textContent = word(
    clip.creator.is_followed ? "following" : "follow",
  );
}

export function press(slide, act, isOn) {
  slide.querySelector(`[data-act="${act}"]`)?.setAttribute("aria-pressed", String(Boolean(isOn)));
}

export function makeProduct(tag, index) {
  const { product } = tag;
  const item = document.createElement("li");
  item.append(template("product").cloneNode(true));
  const part = (name) => item.querySelector(`[data-part="${name}"]`);
  item.dataset.tag = String(index);
  part("link").href = product.url;
  part("product-name").textContent = product.name;
  part("price").textContent = product.price.text;
  part("stock").textContent = stockWords(product);
  part("drift").textContent = product.drift;
  if (product.pictures[0]) part("picture").src = product.pictures[0].small;
  return item;
}

export function stockWords(product) {
  if (!product.is_in_stock) return word("sold_out");
  return product.stock_left ? word("few_left", { count: product.stock_left }) : "";
}

export function total(product, quantity) {
  return money(product.price.amount_minor * quantity, product.price.currency);
}

function setSource(image, address) {
  if (!address) image.removeAttribute("src");
  else if (image.getAttribute("src") !== address) image.src = address;
}

function fillFace(face, creator) {
  if (!creator.avatar) {
    face.textContent = [...creator.name][0] ?? "";
    return;
  }
  const image =
    face.querySelector("img") ?? Object.assign(document.createElement("img"), { alt: "", width: 40, height: 40 });
  setSource(image, creator.avatar);
  face.replaceChildren(image);
}
