/** The side panel of wide screens: everything that the clip in view shows. */
import { makeProduct } from "./slide.js";

export function panel(feed) {
  const box = feed.root.querySelector("[data-panel]");
  const list = box.querySelector("[data-panel-products]");
  const isWide = matchMedia("(min-width: 56.01rem)");
  box.hidden = false;
  isWide.addEventListener("change", () => shown.show(feed.current));
  list.addEventListener("click", (event) => {
    const item = event.target.closest("[data-tag]");
    if (!item || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    feed.sheet.open(feed.current.clip, Number(item.dataset.tag));
  });
  const shown = {
    show(entry) {
      if (!isWide.matches) return;
      list.replaceChildren(...(entry?.clip.tags ?? []).map((tag, index) => makeProduct(tag, index)));
      if (entry) delete entry.slide.dataset.shown;
    },
  };
  return shown;
}
