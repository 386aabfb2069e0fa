/** Keyboard shortcuts of the feed: ↑ ↓ (also J K, Page Up, Page Down, Home), space, ← →, M, L, S, P and C. */
import { closest } from "../site/mount.js";
import { turnPhoto } from "./photos.js";

/** @import { Feed } from "./player.js" */

const SEEK_S = 2;
const TEXT_FIELDS = "input, textarea, select, [contenteditable]";

/**
 * Listen for the shortcuts. They are ignored while a dialog is open or the viewer is typing.
 * @param {Feed} feed
 */
export function mountKeyboard(feed) {
  /** @param {string} action */
  const click = (action) => {
    const button = feed.current?.slide.querySelector(`[data-act="${action}"]`);
    if (button instanceof HTMLElement) button.click();
  };
  /** @type {Record<string, () => void>} */
  const shortcuts = {
    ArrowDown: () => feed.step(1),
    ArrowUp: () => feed.step(-1),
    PageDown: () => feed.step(1),
    PageUp: () => feed.step(-1),
    j: () => feed.step(1),
    k: () => feed.step(-1),
    ArrowLeft: () => goSideways(feed, -1),
    ArrowRight: () => goSideways(feed, 1),
    Home: () => feed.go(0),
    " ": () => feed.playback.toggle(),
    m: () => feed.playback.sound.toggle(),
    c: () => feed.playback.sound.toggleCaptions(),
    l: () => click("like"),
    s: () => click("save"),
    p: () => {
      if (feed.current?.clip.tags.length) click("products");
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (closest(event, TEXT_FIELDS)) return;
    // Space presses the focused button or link, unless that is the button over the picture.
    if (event.key === " " && closest(event, "a, button:not([data-act=toggle])")) return;
    const action = shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/**
 * Turn to another photo, or seek in a film. A film runs from left to right, photos follow the page's direction.
 * @param {Feed} feed
 * @param {number} step  1 to the right, -1 to the left.
 */
function goSideways(feed, step) {
  const { clip, slide } = feed.current ?? {};
  if (!clip || !slide) return;
  const isRightToLeft = document.documentElement.dir === "rtl";
  if (clip.medium === "photos") turnPhoto(slide, clip, isRightToLeft ? -step : step);
  else feed.playback.timeline.skip(step * SEEK_S);
}
