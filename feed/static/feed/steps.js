/** The round buttons of wide screens: the clip before and the next one. */
export function steps(feed) {
  const box = feed.root.querySelector("[data-steps]");
  const button = (by) => box.querySelector(`[data-step="${by}"]`);
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-step]");
    if (pressed) feed.step(Number(pressed.dataset.step));
  });
  return {
    enable(isFirst, isLast) {
      button(-1).disabled = isFirst;
      button(1).disabled = isLast;
    },
  };
}
