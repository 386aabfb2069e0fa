/** The <article> of one clip: markup from the server, filled with data from the API. */
import { find } from "../site/mount.js";
import { message } from "./messages.js";
import { fillPhotos } from "./photos.js";
import { showStars } from "./stars.js";
import { copyTemplate } from "./templates.js";

/** @import { Clip, Creator, Product, ProductTag } from "./clips.js" */

/** A clip wider than 3:4 is shown whole instead of cropped to the stage. */
const WIDEST_CROPPED = 0.75;

/** @returns {HTMLElement} An empty item for a clip. */
export function makeItem() {
  return copyTemplate("slide");
}

/** @returns {HTMLElement} The item after the last clip. */
export function makeEnd() {
  return copyTemplate("end");
}

/**
 * Put a clip's data into its item. The item may be empty or rendered by the server.
 * @param {HTMLElement} item
 * @param {Clip} clip
 */
export function fill(item, clip) {
  if (!item.firstElementChild) item.append(...makeItem().children);
  item.dataset.filled = "yes";
  const slide = find(item, "article");
  /** @param {string} name */
  const part = (name) => find(slide, `[data-part="${name}"]`);
  slide.dataset.code = clip.code;
  delete slide.dataset.shown;
  slide.setAttribute("aria-label", message("clip_by", { name: clip.creator.name, caption: clip.caption }));
  slide.classList.toggle("slide--whole", clip.width_px / clip.height_px > WIDEST_CROPPED);
  setSource(find(slide, '[data-part="backdrop"]', HTMLImageElement), clip.poster);
  setSource(find(slide, '[data-part="poster"]', HTMLImageElement), clip.medium === "photos" ? null : clip.poster);
  part("ad").textContent = clip.ad_label;
  part("ad").hidden = !clip.ad_label;
  part("creator").setAttribute("href", clip.creator.url);
  part("comments").setAttribute("href", `${clip.url}comments/`);
  part("name").textContent = clip.creator.name;
  part("caption").replaceChildren(...clip.caption_parts.map(makeCaptionPart));
  part("reason").textContent = clip.reasons[0]?.text ?? "";
  find(slide, ".slide__why").hidden = clip.reasons.length === 0;
  find(slide, '[data-act="products"]').hidden = clip.tags.length === 0;
  const count = clip.tags.length.toLocaleString(document.documentElement.lang);
  part("count").textContent = message("product_count", { count });
  const captions = find(slide, '[data-act="captions"]').closest("li");
  if (captions) captions.hidden = !clip.captions;
  fillAvatar(part("face"), clip.creator);
  part("products").replaceChildren(...clip.tags.map(makeProduct));
  fillPhotos(slide, clip);
  showMarks(slide, clip);
}

/**
 * Return a piece of a caption. A link is isolated, so that its sign stays in place beside text of the other direction.
 * @param {import("./clips.js").CaptionPart} part
 * @returns {Node}
 */
function makeCaptionPart({ text, url }) {
  if (!url) return document.createTextNode(text);
  const link = Object.assign(document.createElement("a"), { href: url });
  link.append(Object.assign(document.createElement("bdi"), { textContent: text }));
  return link;
}

/**
 * Remove the clip's content from its item, and return the empty item. The item stays in the list.
 * @param {HTMLElement} item
 * @returns {HTMLElement}
 */
export function empty(item) {
  item.replaceChildren();
  delete item.dataset.filled;
  return item;
}

/**
 * Show whether the viewer likes the clip, has saved it, and follows its creator.
 * @param {HTMLElement} slide
 * @param {Clip} clip
 */
export function showMarks(slide, clip) {
  setPressed(slide, "like", clip.is_liked);
  setPressed(slide, "save", clip.is_saved);
  setPressed(slide, "follow", clip.creator.is_followed);
  find(slide, '[data-part="follow-word"]').textContent = message(clip.creator.is_followed ? "following" : "follow");
}

/**
 * Set the pressed state of one of the slide's buttons.
 * @param {HTMLElement} slide
 * @param {string} action  As in `data-act`.
 * @param {boolean} isPressed
 */
export function setPressed(slide, action, isPressed) {
  slide.querySelector(`[data-act="${action}"]`)?.setAttribute("aria-pressed", String(isPressed));
}

/**
 * Show on the sound button whether there is sound.
 * @param {HTMLElement} slide
 * @param {boolean} isOn
 * @param {string} icon  URL of the icon, including its id.
 */
export function showSound(slide, isOn, icon) {
  const button = find(slide, '[data-act="sound"]');
  setPressed(slide, "sound", isOn);
  button.setAttribute("aria-label", message(isOn ? "mute" : "sound_off"));
  button.querySelector("use")?.setAttribute("href", icon);
}

/**
 * Return the card of a product as a list item.
 * @param {ProductTag} tag
 * @param {number} index  Of the tag within its clip.
 * @returns {HTMLElement}
 */
export function makeProduct({ product }, index) {
  const item = document.createElement("li");
  item.append(copyTemplate("product"));
  /** @param {string} name */
  const part = (name) => find(item, `[data-part="${name}"]`);
  item.dataset.tag = String(index);
  part("link").setAttribute("href", product.url);
  part("product-name").textContent = product.name;
  part("price").textContent = product.price_text;
  showStars(part("stars"), product);
  part("stock").textContent = stockText(product);
  part("drift").textContent = product.drift;
  if (product.pictures[0]) part("picture").setAttribute("src", product.pictures[0].small);
  return item;
}

/**
 * Return the card's text about the stock: sold out, how few are left, or nothing.
 * @param {Product} product
 * @returns {string}
 */
export function stockText(product) {
  if (!product.is_for_sale) return message("not_for_sale");
  if (!product.is_in_stock) return message("sold_out");
  return product.stock_left ? message("few_left", { count: product.stock_left }) : "";
}

/**
 * @param {Product} product
 * @returns {"good" | "wait" | "bad"}  The colour of the badge with the text about the stock.
 */
export function stockColour(product) {
  if (!product.is_for_sale) return "wait";
  return product.is_in_stock ? (product.stock_left ? "wait" : "good") : "bad";
}

/**
 * @param {HTMLImageElement} image
 * @param {string | null} url
 */
function setSource(image, url) {
  if (!url) image.removeAttribute("src");
  else if (image.getAttribute("src") !== url) image.src = url;
}

/**
 * @param {HTMLElement} box
 * @param {Creator} creator
 */
function fillAvatar(box, { avatar, name }) {
  if (!avatar) {
    box.textContent = [...name][0] ?? "";
    return;
  }
  const image =
    box.querySelector("img") ?? Object.assign(document.createElement("img"), { alt: "", width: 40, height: 40 });
  setSource(image, avatar);
  box.replaceChildren(image);
}
