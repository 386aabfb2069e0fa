/** The side panel of wide screens: all products of the clip in view. */
import { closest, find } from "../site/mount.js";
import { makeProduct } from "./slide.js";

/** @import { Entry, Feed } from "./player.js" */

/**
 * @param {Feed} feed
 * @returns {{show: (entry: Entry | undefined) => void}}
 */
export function mountPanel(feed) {
  const box = find(feed.root, "[data-panel]");
  const list = find(box, "[data-panel-products]");
  const isWide = matchMedia("(min-width: 56.01rem)");

  /** @param {Entry | undefined} entry */
  function show(entry) {
    if (!isWide.matches) return;
    list.replaceChildren(...(entry?.clip.tags ?? []).map(makeProduct));
    if (entry) delete entry.slide.dataset.shown;
  }

  box.hidden = false;
  isWide.addEventListener("change", () => show(feed.current));
  list.addEventListener("click", (event) => {
    const card = closest(event, "[data-tag]");
    if (!card || !feed.current || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    feed.sheet.open(feed.current.clip, Number(card.dataset.tag));
  });
  return { show };
}
