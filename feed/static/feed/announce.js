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

/** @typedef {{text: string, run: () => void}} Offer  What can be done next. */

/**
 * Show a message for five seconds, with an "Undo" button if there is something to undo, and one for what can be done next.
 * While a dialog is open, its status line shows the message: what lies under it can be neither heard nor tapped.
 * @param {string} text
 * @param {() => void} [undo]
 * @param {Offer} [offer]
 */
export function toast(text, undo, offer) {
  const line = document.querySelector("dialog[open] [data-dialog-status]");
  if (line) line.textContent = text;
  if (line && !undo && !offer) return;
  const box = find(document, "[data-toast]");
  find(box, "[data-toast-text]").textContent = text;
  find(box, "[data-toast-offer]").textContent = offer?.text ?? "";
  prepareButton(box, "[data-toast-offer]", offer?.run);
  prepareButton(box, "[data-toast-undo]", undo);
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (box.hidden = true), TOAST_MS);
}

/**
 * @param {HTMLElement} box  Of the toast.
 * @param {string} selector
 * @param {() => void} [run]  The button is hidden if it has nothing to do.
 */
function prepareButton(box, selector, run) {
  const button = find(box, selector);
  button.hidden = !run;
  button.onclick = () => {
    box.hidden = true;
    run?.();
  };
}
