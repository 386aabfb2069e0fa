/** Keyboard shortcuts of the review desk; "?" shows the list. */
import { closest, find } from "../../site/mount.js";

/** @import { Desk } from "./desk.js" */

/** @param {Desk} desk */
export function mountShortcuts(desk) {
  const help = find(document, "[data-desk-keys]", HTMLDialogElement);
  document.addEventListener("keydown", (event) => onKey(desk, help, event));
}

/**
 * @param {Desk} desk
 * @param {HTMLDialogElement} help
 * @param {KeyboardEvent} event
 */
function onKey(desk, help, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.key === "Escape") {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return;
  }
  if (closest(event, "textarea, select, input:not([type=radio], [type=checkbox])")) return;
  if (event.key === " " && closest(event, "button, a, summary, video, input")) return;
  /** @type {Record<string, () => void>} */
  const actions = {
    " ": () => desk.panel.toggle(),
    j: () => desk.panel.step(-1000),
    l: () => desk.panel.step(1000),
    t: () => desk.panel.togglePin(),
    w: () => desk.panel.focusWords(),
    a: () => desk.press("approve"),
    c: () => desk.press("request_changes"),
    r: () => desk.press(desk.panel.has("reject") ? "reject" : "remove"),
    b: () => desk.panel.playDuplicate(),
    u: () => desk.undo(),
    n: () => desk.skip(),
    "?": () => help.showModal(),
  };
  const isDigit = /^[1-9]$/.test(event.key);
  const action = isDigit ? () => desk.panel.choose(event.key) : actions[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
}
