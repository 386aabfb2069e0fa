/** A sheet is a <dialog>: the browser keeps the focus inside and Esc closes it; here it can be pulled down, too. */
const PULL_TO_CLOSE_PX = 90;

export function prepareDialog(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  const grip = dialog.querySelector("[data-grip]");
  grip.addEventListener("pointerdown", (event) => pull(dialog, grip, event));
}

function pull(dialog, grip, start) {
  let pulled = 0;
  const move = (event) => {
    pulled = Math.max(0, event.clientY - start.clientY);
    dialog.style.setProperty("--pulled", `${pulled}px`);
  };
  const end = () => {
    grip.removeEventListener("pointermove", move);
    delete dialog.dataset.pulled;
    dialog.style.removeProperty("--pulled");
    if (pulled > PULL_TO_CLOSE_PX) dialog.close();
  };
  grip.setPointerCapture(start.pointerId);
  dialog.dataset.pulled = "";
  grip.addEventListener("pointermove", move);
  grip.addEventListener("lostpointercapture", end, { once: true });
}
