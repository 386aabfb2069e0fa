/** Buttons that seek the page's player to a moment. */
import { mountAll } from "../site/mount.js";

/** @param {HTMLButtonElement} button */
export function mount(button) {
  const player = document.querySelector("[data-player]");
  if (!(player instanceof HTMLVideoElement)) return;
  button.addEventListener("click", () => {
    player.currentTime = Number(button.dataset.seekMs) / 1000;
    player.scrollIntoView({ block: "nearest" });
    player.focus({ preventScroll: true });
  });
}

mountAll("seek-ms", mount);
