/** The list of all products of a clip, which can be opened at any time, also where there is no side panel. */
import { closest, find } from "../site/mount.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { makeProduct } from "./slide.js";

/** @import { Clip } from "./clips.js" */
/** @import { Feed } from "./player.js" */

/**
 * @param {Feed} feed
 * @returns {{open: (clip: Clip) => void}}
 */
export function mountProductList(feed) {
  const dialog = find(document, "[data-product-list]", HTMLDialogElement);
  const list = find(dialog, "[data-part=products]");
  /** @type {Clip | undefined} */
  let shown;

  prepareDialog(dialog);
  list.addEventListener("click", (event) => {
    const card = closest(event, "[data-tag]");
    if (!card || !shown || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    dialog.close(); // first, so that the focus returns to where it was before the list
    feed.sheet.open(shown, Number(card.dataset.tag));
  });
  return {
    open(clip) {
      shown = clip;
      // A single product needs no list.
      if (clip.tags.length === 1) return feed.sheet.open(clip, 0);
      list.replaceChildren(...clip.tags.map(makeProduct));
      openDialog(dialog);
    },
  };
}
