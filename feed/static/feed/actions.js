/** What taps and clicks on a clip do: play and pause, like, save, follow, share, hide, products, reasons, seeking. */
import { closest, find } from "../site/mount.js";
import { toast } from "./announce.js";
import { attempt } from "./api.js";
import { endpoint } from "./endpoints.js";
import { sendChoice, toggleFollow, toggleMark } from "./marks.js";
import { message } from "./messages.js";
import { turnPhoto } from "./photos.js";

/** @import { Entry, Feed } from "./player.js" */

const DOUBLE_TAP_MS = 280;
/** Seeking stops just before the end. Otherwise the clip would start over. */
const LAST_SHARE = 0.999;

/** @param {Feed} feed */
export function mountActions(feed) {
  const tap = makeTap(feed);
  /** @type {Record<string, (entry: Entry) => void>} */
  const actions = {
    sound: () => feed.playback.sound.toggle(),
    captions: () => feed.playback.sound.toggleCaptions(),
    like: (entry) => toggleMark(entry, "is_liked"),
    save: (entry) => save(feed, entry),
    follow: (entry) => toggleFollow(feed, entry),
    share: ({ clip }) => feed.share.open(clip),
    comments: ({ clip }) => feed.comments.open(clip),
    hide: (entry) => hide(feed, entry),
    why: ({ clip }) => feed.why.open(clip),
    products: ({ clip }) => feed.products.open(clip),
    "photo-back": ({ clip, slide }) => turnPhoto(slide, clip, -1),
    "photo-next": ({ clip, slide }) => turnPhoto(slide, clip, 1),
    retry: () => feed.playback.retry(),
    next: () => feed.step(1),
  };
  feed.scroller.addEventListener("click", (event) => {
    const entry = entryOf(feed, event);
    const action = closest(event, "[data-act]")?.dataset.act;
    if (!entry || (action === "comments" && opensElsewhere(event))) return;
    if (action === "comments") event.preventDefault(); // a link for browsers without scripts
    if (action === "toggle") tap(entry, event);
    else if (action) actions[action]?.(entry);
    else onOtherClick(feed, entry, event);
  });
  feed.scroller.addEventListener("pointerdown", (event) => {
    const bar = closest(event, "[data-part=bar]");
    if (bar) seekWhileDragging(feed, bar, event);
  });
}

/**
 * Save a clip. If it is saved, a user chooses its collections, or removes it; a visitor, who has none, just removes it.
 * @param {Feed} feed
 * @param {Entry} entry
 */
function save(feed, entry) {
  const hasCollections = feed.root.dataset.signedIn === "true";
  const choose = () => feed.collections.open(entry);
  if (entry.clip.is_saved && hasCollections) choose();
  else {
    const offer = hasCollections ? { text: message("to_collection"), run: choose } : undefined;
    toggleMark(entry, "is_saved", message("saved"), offer);
  }
}

/**
 * @param {MouseEvent} event
 * @returns {boolean}  Whether the viewer asks for another tab or window.
 */
const opensElsewhere = (event) => event.metaKey || event.ctrlKey || event.shiftKey;

/**
 * @param {Feed} feed
 * @param {Event} event
 */
function entryOf(feed, event) {
  const item = closest(event, "[data-index]");
  return item ? feed.entry(Number(item.dataset.index)) : undefined;
}

/**
 * Open a product's sheet, or show the whole caption.
 * @param {Feed} feed
 * @param {Entry} entry
 * @param {MouseEvent} event
 */
function onOtherClick(feed, { clip }, event) {
  const card = closest(event, "[data-tag]");
  if (card && !opensElsewhere(event)) {
    event.preventDefault();
    feed.sheet.open(clip, Number(card.dataset.tag));
  } else if (!closest(event, "a")) {
    closest(event, "[data-part=caption]")?.classList.toggle("slide__caption--whole");
  }
}

/**
 * Return the handler for taps on the picture. One tap plays or pauses, once it is clear that no second tap follows. Two
 * taps like the clip.
 * @param {Feed} feed
 * @returns {(entry: Entry, event: MouseEvent) => void}
 */
function makeTap(feed) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return (entry, event) => {
    if (event.detail === 0) {
      feed.playback.toggle(); // a key press, which needs no wait for a second one
    } else if (timer !== undefined) {
      clearTimeout(timer);
      timer = undefined;
      like(entry, event);
    } else {
      timer = setTimeout(() => {
        timer = undefined;
        feed.playback.toggle();
      }, DOUBLE_TAP_MS);
    }
  };
}

/**
 * Show a heart at the place of the double tap, and like the clip.
 * @param {Entry} entry
 * @param {MouseEvent} event
 */
function like(entry, event) {
  const heart = find(entry.slide, "[data-part=heart]");
  const box = find(entry.slide, ".slide__stage").getBoundingClientRect();
  heart.style.left = `${event.clientX - box.left}px`;
  heart.style.top = `${event.clientY - box.top}px`;
  heart.classList.remove("slide__heart--up");
  // Reading a size makes the browser notice that the class was removed, which restarts the animation.
  void heart.offsetWidth;
  heart.classList.add("slide__heart--up");
  if (!entry.clip.is_liked) toggleMark(entry, "is_liked");
}

/**
 * @param {Feed} feed
 * @param {HTMLElement} bar
 * @param {PointerEvent} start
 */
function seekWhileDragging(feed, bar, start) {
  /** @param {PointerEvent} event */
  const seek = (event) => {
    const box = bar.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    feed.playback.timeline.seek(Math.min(Math.max(share, 0), LAST_SHARE));
  };
  bar.setPointerCapture(start.pointerId);
  seek(start);
  bar.addEventListener("pointermove", seek);
  bar.addEventListener("lostpointercapture", () => bar.removeEventListener("pointermove", seek), { once: true });
}

/**
 * @param {Feed} feed
 * @param {Entry} entry
 */
async function hide(feed, { clip }) {
  const goBack = feed.skip(feed.clips.indexOf(clip));
  const url = endpoint("hide", { code: clip.code });
  toast(message("hidden"), () => {
    goBack();
    attempt(() => sendChoice("DELETE", url));
  });
  if ((await attempt(() => sendChoice("POST", url))) === undefined) return;
  await feed.paging.reconsider();
}
