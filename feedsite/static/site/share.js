/** Ways to share a page: the system's own sheet where there is one, and buttons that copy the link or the embed code. */
import { closest, find, findAll, mountAll } from "./mount.js";

/**
 * Offer the system's sheet.
 * @param {{title: string, url: string}} shared
 * @returns {Promise<boolean>}  False if there is no such sheet, or the browser refuses to open it now.
 */
export async function shareNatively({ title, url }) {
  if (!navigator.share) return false;
  try {
    await navigator.share({ title, text: title, url });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return error.name === "AbortError"; // the viewer closed the sheet
  }
  return true;
}

/**
 * Let the buttons of a box copy what its fields hold.
 * @param {HTMLElement} box
 */
export function mountWays(box) {
  for (const button of findAll(box, "[data-copy]")) button.hidden = !navigator.clipboard;
  box.addEventListener("click", async (event) => {
    const name = closest(event, "[data-copy]")?.dataset.copy;
    if (!name) return;
    const field = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (find(box, `[data-part="${name}"]`));
    const status = find(box, "[data-part=copied]");
    field.select(); // if the browser refuses, the keyboard can still copy it
    status.textContent = (await copy(field.value)) ? String(status.dataset.words) : "";
  });
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
const copy = (text) =>
  navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );

/** @param {HTMLDetailsElement} details */
export function mount(details) {
  mountWays(details);
  find(details, "summary").addEventListener("click", async (event) => {
    if (!navigator.share || details.open) return;
    event.preventDefault();
    const { title, url } = /** @type {{title: string, url: string}} */ ({ ...details.dataset });
    details.open = !(await shareNatively({ title, url }));
  });
}

mountAll("share", mount);
mountAll("share-ways", mountWays);
