/** Messages: a live region for screen readers, and short toasts with "Undo" for everyone. */
import { find } from "../site/mount.js";

const TOAST_MS = 5000;
const MAX_LINES = 3;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Add a line to the live region. Screen readers finish each line before they read the next. Replacing a line would
 * interrupt them.
 * @param {string} text
 */
export function announce(text) {
  const region = document.querySelector("[data-announcer]");
  if (!region) return;
  region.append(Object.assign(document.createElement("p"), { textContent: text }));
  while (region.children.length > MAX_LINES) region.firstElementChild?.remove();
}

/**
 * Show a message for five seconds, with an "Undo" button if there is something to undo.
 * @param {string} text
 * @param {() => void} [undo]
 */
export function toast(text, undo) {
  const box = find(document, "[data-toast]");
  const button = find(box, "[data-toast-undo]");
  find(box, "[data-toast-text]").textContent = text;
  button.hidden = !undo;
  button.onclick = () => {
    box.hidden = true;
    undo?.();
  };
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (box.hidden = true), TOAST_MS);
}
