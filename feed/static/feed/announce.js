/** Say something to those who listen instead of looking, and show short messages with "undo" to those who look. */
const SHOWN_MS = 5000;
const KEPT_LINES = 3;
let timer;

/** Add a line; screen readers read each in its turn, where a replaced one would be cut off. */
export function announce(text) {
  const region = document.querySelector("[data-announcer]");
  if (!region) return;
  region.append(Object.assign(document.createElement("p"), { textContent: text }));
  while (region.children.length > KEPT_LINES) region.firstElementChild.remove();
}

/** Show a message for five seconds; with `undo` it can be taken back. */
export function toast(text, undo) {
  const box = document.querySelector("[data-toast]");
  const button = box.querySelector("[data-toast-undo]");
  box.querySelector("[data-toast-text]").textContent = text;
  button.hidden = !undo;
  button.onclick = () => {
    box.hidden = true;
    undo();
  };
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (box.hidden = true), SHOWN_MS);
}
