/** Refuses a file that is larger than `data-max-bytes` before it is sent: a server ends the connection instead. */
import { mountAll } from "../site/mount.js";

/** @param {HTMLInputElement} field */
export function mount(field) {
  field.addEventListener("change", () => {
    const isTooLarge = (field.files?.[0]?.size ?? 0) > Number(field.dataset.maxBytes);
    field.setCustomValidity(isTooLarge ? (field.dataset.tooLarge ?? "") : "");
    field.reportValidity();
  });
}

mountAll("max-bytes", mount);
