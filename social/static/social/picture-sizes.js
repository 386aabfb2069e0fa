/** Says that chosen pictures are too large together, before they are sent in vain. What was typed stays in the form. */
import { mountAll } from "../site/mount.js";

/** @param {HTMLInputElement} input  With the most bytes and a sentence as data attributes. */
export function mount(input) {
  const check = () => {
    const bytes = Array.from(input.files ?? [], (file) => file.size).reduce((sum, size) => sum + size, 0);
    input.setCustomValidity(bytes > Number(input.dataset.pictureSizes) ? String(input.dataset.tooLarge) : "");
    input.reportValidity();
  };
  input.addEventListener("change", check);
}

mountAll("picture-sizes", mount);
