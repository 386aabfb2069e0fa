/** Loads the next two clips of the queue ahead, hidden, so that the desk never waits between two decisions. */
import { find } from "../../site/mount.js";

/** @import { Panel } from "./panel.js" */

const VIDEO_DONE = ["canplaythrough", "error", "suspend", "emptied"];
const CAN_PLAY_THROUGH = 4;

export class Preloader {
  /** @type {Promise<HTMLElement | null>} The panel of the next clip, null at the end of the queue. */
  next = Promise.resolve(null);
  /** @type {Promise<HTMLElement | null> | null} */
  #afterNext = null;
  /** Codes of clips whose decisions have not been answered yet. @type {Set<string>} */
  decided = new Set();

  /** @param {HTMLElement} root  Takes the hidden panels. */
  constructor(root) {
    this.root = root;
  }

  /**
   * Load the two clips after this one; the second when the first one's video has loaded.
   * @param {Panel} panel
   */
  prepare({ element, code }) {
    this.next = this.#afterNext ?? this.#fetchAfter(element);
    this.#afterNext = this.next.then(async (next) => {
      if (!next) return null;
      await videoLoaded(next);
      return this.#fetchAfter(next, code);
    });
  }

  /**
   * Fetch the panel after another one, or null. Clips that are being decided on are left out.
   * @param {HTMLElement} panel
   * @param {string[]} codes  More clips to leave out.
   * @returns {Promise<HTMLElement | null>}
   */
  async #fetchAfter(panel, ...codes) {
    const { next: url, code = "" } = panel.dataset;
    if (!url) return null;
    const query = new URLSearchParams([code, ...codes, ...this.decided].map((skipped) => ["peek", skipped]));
    const response = await fetch(`${url}${url.includes("?") ? "&" : "?"}${query}`).catch(() => null);
    if (!response?.ok) return null;
    const template = document.createElement("template");
    template.innerHTML = await response.text();
    const next = find(template.content, "[data-desk-panel]");
    next.hidden = true;
    this.root.append(next);
    return next;
  }
}

/**
 * Resolve when a panel's video could play through, or cannot be played at all.
 * @param {HTMLElement} panel
 * @returns {Promise<unknown>}
 */
function videoLoaded(panel) {
  const video = panel.querySelector("video");
  if (!video || video.readyState >= CAN_PLAY_THROUGH || video.error) return Promise.resolve();
  return new Promise((resolve) => VIDEO_DONE.forEach((name) => video.addEventListener(name, resolve, { once: true })));
}
