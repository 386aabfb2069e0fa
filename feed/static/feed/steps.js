/** The round buttons of wide screens: previous clip, next clip. */
import { closest, find } from "../site/mount.js";

/** @import { Feed } from "./player.js" */

/**
 * @param {Feed} feed
 * @returns {{enable: (isFirst: boolean, isLast: boolean) => void}}
 */
export function mountSteps(feed) {
  const box = find(feed.root, "[data-steps]");
  const previous = find(box, '[data-step="-1"]', HTMLButtonElement);
  const next = find(box, '[data-step="1"]', HTMLButtonElement);
  box.hidden = false;
  box.addEventListener("click", (event) => {
    const button = closest(event, "[data-step]");
    if (button) feed.step(Number(button.dataset.step));
  });
  return {
    enable(isFirst, isLast) {
      previous.disabled = isFirst;
      next.disabled = isLast;
    },
  };
}
