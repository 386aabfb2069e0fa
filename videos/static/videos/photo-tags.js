/** Dots on the photos of a post, one for each product row: tap a photo to place one, drag it, or move it by arrow keys. */
import { find, findAll, mountAll } from "../site/mount.js";

const STEP = 1; // percent
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** @param {HTMLElement} box */
export function mount(box) {
  const form = /** @type {HTMLFormElement} */ (box.closest("form"));
  const stages = findAll(form, "[data-photo-stage]");
  const rows = findAll(box, "[data-span]").map((row, index) => new Place(row, index + 1, stages, box.dataset));
  find(box, "[data-photo-hint]").hidden = stages.length === 0;
  for (const stage of stages) {
    stage.dataset.taps = "";
    stage.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest(".post-photo__dot")) return;
      const row = rows.find((place) => place.isNamed && !place.isPlaced) ?? rows.find((place) => !place.isNamed);
      if (!row) return;
      row.put(stage, event.clientX, event.clientY);
      row.product.focus();
    });
  }
}

/** A product row, and its dot. */
class Place {
  /**
   * @param {HTMLElement} row
   * @param {number} number
   * @param {HTMLElement[]} stages
   * @param {DOMStringMap} words
   */
  constructor(row, number, stages, words) {
    this.stages = stages;
    this.words = words;
    this.number = number;
    this.product = find(row, "[name$=-product]", HTMLInputElement);
    this.photo = find(row, "[name$=-photo]", HTMLSelectElement);
    this.x = find(row, "[name$=-x]", HTMLInputElement);
    this.y = find(row, "[name$=-y]", HTMLInputElement);
    this.dot = Object.assign(document.createElement("button"), { type: "button", className: "post-photo__dot" });
    this.dot.addEventListener("keydown", (event) => this.#onKey(event));
    this.dot.addEventListener("pointerdown", (event) => this.#drag(event));
    row.addEventListener("input", () => this.show());
    this.show();
  }

  get isNamed() {
    return this.product.value.trim() !== "";
  }

  get isPlaced() {
    return this.x.value !== "" && this.y.value !== "";
  }

  show() {
    const stage = this.stages.find(
      (each) => each.closest("[data-photo]")?.getAttribute("data-photo") === this.photo.value,
    );
    if (!stage || !this.isPlaced) return this.dot.remove();
    // Photos are not mirrored where text runs from right to left.
    this.dot.style.left = `${this.x.value}%`;
    this.dot.style.top = `${this.y.value}%`;
    const unnamed = String(this.words.wordsUnnamed).replace("{number}", String(this.number));
    const product = this.product.value.trim() || unnamed;
    this.dot.setAttribute("aria-label", String(this.words.wordsDot).replace("{product}", product));
    if (this.dot.parentElement !== stage) stage.append(this.dot);
  }

  /**
   * Place the dot at a point of the screen.
   * @param {HTMLElement} stage
   * @param {number} clientX
   * @param {number} clientY
   */
  put(stage, clientX, clientY) {
    const { left, top, width, height } = find(stage, "img").getBoundingClientRect();
    this.photo.value = String(stage.closest("[data-photo]")?.getAttribute("data-photo"));
    this.#set((100 * (clientX - left)) / width, (100 * (clientY - top)) / height);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #set(x, y) {
    this.x.value = String(Math.round(Math.min(100, Math.max(0, x)) * 10) / 10);
    this.y.value = String(Math.round(Math.min(100, Math.max(0, y)) * 10) / 10);
    this.x.dispatchEvent(new Event("input", { bubbles: true })); // shows the dot, and saves the draft
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    this.#set(Number(this.x.value) + step[0], Number(this.y.value) + step[1]);
  }

  /** @param {PointerEvent} start */
  #drag(start) {
    const stage = /** @type {HTMLElement} */ (this.dot.parentElement);
    /** @param {PointerEvent} event */
    const move = (event) => this.put(stage, event.clientX, event.clientY);
    this.dot.setPointerCapture(start.pointerId);
    this.dot.addEventListener("pointermove", move);
    this.dot.addEventListener("lostpointercapture", () => this.dot.removeEventListener("pointermove", move), {
      once: true,
    });
  }
}

mountAll("photo-tags", mount);
