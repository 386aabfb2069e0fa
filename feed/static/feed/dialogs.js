/**
 * Sheets: `<dialog>` elements, so the browser traps focus and closes them on Esc. Dragging one down closes it too, and so
 * does the browser's back button: an open sheet has an entry in the history, with `sheet` in its state.
 */
import { closest, find } from "../site/mount.js";

const CLOSE_AFTER_PX = 90;

addEventListener("popstate", () => {
  if (!history.state?.sheet) document.querySelector("dialog[open]")?.dispatchEvent(new Event("back"));
});
// Coming back to the entry of a sheet, as from a product's page, leads to the feed without it.
if (history.state?.sheet) history.back();

/**
 * Open a dialog that was prepared. The focus returns to where it was when the dialog closes.
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(dialog) {
  history.pushState({ ...history.state, sheet: true }, "");
  find(dialog, "[data-dialog-status]").textContent = "";
  dialog.showModal();
}

/**
 * Let a dialog be closed by a click outside, by its close button, and by dragging its grip down.
 * @param {HTMLDialogElement} dialog
 */
export function prepareDialog(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || closest(event, "[data-close]")) dialog.close();
  });
  dialog.addEventListener("back", () => dialog.close());
  dialog.addEventListener("close", () => {
    if (history.state?.sheet) history.back();
  });
  const grip = find(dialog, "[data-grip]");
  grip.addEventListener("pointerdown", (event) => drag(dialog, grip, event));
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} grip
 * @param {PointerEvent} start
 */
function drag(dialog, grip, start) {
  let draggedPx = 0;
  /** @param {PointerEvent} event */
  const move = (event) => {
    draggedPx = Math.max(0, event.clientY - start.clientY);
    dialog.style.setProperty("--pulled", `${draggedPx}px`);
  };
  const end = () => {
    grip.removeEventListener("pointermove", move);
    delete dialog.dataset.pulled;
    dialog.style.removeProperty("--pulled");
    if (draggedPx > CLOSE_AFTER_PX) dialog.close();
  };
  grip.setPointerCapture(start.pointerId);
  dialog.dataset.pulled = "";
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end, { once: true });
}
