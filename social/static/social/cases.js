/** Reports answered with the keyboard: J and K move, numbers choose an answer, W writes, Enter sends. */
import { closest, find, findAll, mountAll } from "../site/mount.js";

/** @param {HTMLElement} root */
export function mount(root) {
  const cases = findAll(root, "[data-case]");
  if (!cases.length) return;
  let current = 0;

  /** @param {number} index */
  function go(index) {
    current = Math.max(0, Math.min(index, cases.length - 1));
    cases[current].focus({ preventScroll: true });
    cases[current].scrollIntoView({ block: "start" });
  }

  /** @param {number} number  Of an answer. */
  function choose(number) {
    const radio = findAll(cases[current], "[name=answer]", HTMLInputElement)[number - 1];
    if (radio) radio.checked = true;
  }

  /** @type {Record<string, () => void>} */
  const actions = {
    j: () => go(current + 1),
    k: () => go(current - 1),
    w: () => find(cases[current], "[name=words]").focus(),
    enter: () => find(cases[current], "form", HTMLFormElement).requestSubmit(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return cases[current].focus();
    if (closest(event, "textarea, a, button, select")) return;
    const isDigit = /^[1-9]$/.test(event.key);
    const action = isDigit ? () => choose(Number(event.key)) : actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
  cases.forEach((element, index) => element.addEventListener("focusin", () => (current = index)));
  cases[0].focus({ preventScroll: true });
}

mountAll("cases", mount);
