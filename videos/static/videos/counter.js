/** Counts the characters typed into a field against its limit. */
import { mountAll } from "../site/mount.js";

/** @param {HTMLInputElement | HTMLTextAreaElement} field */
export function mount(field) {
  const limit = Number(field.dataset.counted);
  const count = document.createElement("output");
  count.className = "counter small soft digits";
  count.setAttribute("aria-hidden", "true");
  field.after(count);
  const update = () => {
    const length = [...field.value].length;
    count.textContent = `${length} / ${limit}`;
    count.classList.toggle("counter--over", length > limit);
  };
  field.addEventListener("input", update);
  update();
}

mountAll("counted", mount);
