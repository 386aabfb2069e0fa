/** The search form, which is submitted as soon as a category is chosen. */
import { mountAll } from "../site/mount.js";

/** @param {HTMLFormElement} form */
export function mount(form) {
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "category") form.requestSubmit();
  });
}

mountAll("search", mount);
