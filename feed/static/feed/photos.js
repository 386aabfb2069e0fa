/** The photos of a post: swiped sideways, or turned by buttons and keys, with a dot for each product on them. */
import { find } from "../site/mount.js";
import { announce } from "./announce.js";
import { message } from "./messages.js";
import { copyTemplate } from "./templates.js";

/** @import { Clip, Photo } from "./clips.js" */

/**
 * Put a clip's photos into its slide, or hide their place if it is a film.
 * @param {HTMLElement} slide
 * @param {Clip} clip
 */
export function fillPhotos(slide, clip) {
  const isPhotos = clip.medium === "photos";
  const strip = find(slide, '[data-part="strip"]');
  slide.classList.toggle("slide--photos", isPhotos);
  find(slide, '[data-part="photos"]').hidden = !isPhotos;
  if (strip.childElementCount !== clip.photos.length) strip.replaceChildren(...clip.photos.map(makePhoto));
  [...strip.children].forEach((item, index) => placeDots(find(item, ".slide__frame"), clip, clip.photos[index]));
  const marks = clip.photos.map(() => document.createElement("span"));
  find(slide, '[data-part="marks"]').replaceChildren(...(marks.length > 1 ? marks : []));
  for (const button of slide.querySelectorAll(".slide__turn")) {
    /** @type {HTMLElement} */ (button).hidden = clip.photos.length < 2;
  }
  strip.onscroll = () => showPlace(slide, clip);
  if (isPhotos) showPlace(slide, clip);
}

/**
 * Show the next photo, or the previous one, and announce it.
 * @param {HTMLElement} slide
 * @param {Clip} clip
 * @param {number} count  Photos forward, or back if negative.
 */
export function turnPhoto(slide, clip, count) {
  const strip = find(slide, '[data-part="strip"]');
  const index = placeOf(strip) + count;
  const photo = clip.photos[index];
  if (!photo) return;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  strip.children[index].scrollIntoView({ behavior, block: "nearest", inline: "center" });
  announce(message("photo_of", { number: index + 1, count: clip.photos.length, text: photo.text }));
}

/**
 * @param {HTMLElement} strip
 * @returns {number}  Index of the photo in view. From right to left, the strip scrolls to negative positions.
 */
function placeOf(strip) {
  return strip.clientWidth ? Math.round(Math.abs(strip.scrollLeft) / strip.clientWidth) : 0;
}

/**
 * Mark which photo is in view.
 * @param {HTMLElement} slide
 * @param {Clip} clip
 */
function showPlace(slide, clip) {
  const index = placeOf(find(slide, '[data-part="strip"]'));
  [...find(slide, '[data-part="marks"]').children].forEach((mark, place) => {
    mark.toggleAttribute("data-now", place === index);
  });
  find(slide, '[data-act="photo-back"]', HTMLButtonElement).disabled = index === 0;
  find(slide, '[data-act="photo-next"]', HTMLButtonElement).disabled = index >= clip.photos.length - 1;
}

/**
 * @param {Photo} photo
 * @returns {HTMLElement}
 */
function makePhoto(photo) {
  const item = copyTemplate("photo");
  const image = find(item, "img", HTMLImageElement);
  find(item, "source", HTMLSourceElement).srcset = photo.avif;
  Object.assign(image, { srcset: photo.jpeg, src: photo.url, alt: photo.text });
  image.width = photo.width_px;
  image.height = photo.height_px;
  return item;
}

/**
 * Put a button on a photo for each product that is on it. Photos are not mirrored, in no language.
 * @param {HTMLElement} frame
 * @param {Clip} clip
 * @param {Photo} photo
 */
function placeDots(frame, clip, photo) {
  for (const dot of frame.querySelectorAll("button")) dot.remove();
  frame.style.setProperty("--ratio", String(photo.width_px / photo.height_px));
  clip.tags.forEach((tag, index) => {
    if (tag.photo !== photo.id || tag.x === null || tag.y === null) return;
    const dot = Object.assign(document.createElement("button"), { type: "button", className: "slide__dot" });
    dot.dataset.tag = String(index);
    dot.setAttribute("aria-label", `${tag.product.name}, ${tag.product.price_text}`);
    dot.style.left = `${100 * tag.x}%`;
    dot.style.top = `${100 * tag.y}%`;
    frame.append(dot);
  });
}
