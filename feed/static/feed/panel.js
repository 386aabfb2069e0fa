/** The side panel of wide screens: everything that the clip in view shows. */
import { makeProduct } from "./slide.js";

export function panel(feed) {
  const box = feed.root.querySelector("[data-panel]");
  const list = box.querySelector("[data-panel-products]");
  box.hidden = false;
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-tag]");
    if (!item || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    feed.sheet.open(feed.current.clip, Number(item.dataset.tag));
  });
  return {
    show(entry) {
      list.replaceChildren(...(entry?.clip.tags ?? []).map((tag, index) => makeProduct(tag, index)));
      if (entry) delete entry.slide.dataset.shown;
    },
  };
}
