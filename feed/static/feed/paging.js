/** The pages of the feed: loads the next one in time, and replaces what comes next after a choice. */
import { toast } from "./announce.js";
import { attempt, request } from "./api.js";
import { flush } from "./outbox.js";
import { empty, makeEnd, makeItem } from "./slide.js";

/** @import { Clip } from "./clips.js" */
/** @import { Feed } from "./player.js" */

/** How many of the latest clips are named when the next ones are replaced. */
const MAX_SHOWN = 40;

export class Paging {
  /** @type {Promise<void> | null} */
  #loading = null;
  /** The sentence about the last page that was loaded. */
  #notice = "";

  /**
   * @param {Feed} feed
   * @param {string | null} cursor  Of the next page.
   */
  constructor(feed, cursor) {
    this.feed = feed;
    this.cursor = cursor;
  }

  /** Load the next page, unless there is none or it is already being loaded. */
  loadMore() {
    if (!this.cursor) return;
    this.#loading ??= this.#load(this.cursor)
      .catch(() => undefined) // the next clip triggers another attempt
      .finally(() => (this.#loading = null));
  }

  /** Replace the clips that come next, after a choice that changes them. Clips that the viewer came to stay. */
  async reconsider() {
    await this.#loading?.catch(() => undefined);
    this.#loading = this.#replaceNext().finally(() => (this.#loading = null));
    await attempt(() => this.#loading ?? Promise.resolve());
  }

  async #replaceNext() {
    const shown = this.#shownCodes(this.feed.scrolling.destination);
    const url = new URL(String(this.feed.root.dataset.api), location.href);
    url.searchParams.set("shown", shown.join(","));
    const page = await request("GET", url.href);
    const kept = Math.min(this.feed.clips.length, Math.max(this.feed.index, this.feed.scrolling.destination) + 1);
    const known = new Set(this.#shownCodes(kept - 1));
    this.feed.clips.truncate(kept);
    this.feed.items.truncate(kept);
    this.#append({ ...page, clips: page.clips.filter((/** @type {Clip} */ { code }) => !known.has(code)) });
  }

  /** @param {number} last  Index of the last clip that counts. */
  #shownCodes(last) {
    const first = Math.max(0, last - MAX_SHOWN + 1);
    const indexes = Array.from({ length: last - first + 1 }, (_, place) => first + place);
    return indexes.map((index) => this.feed.clips.at(index)?.code ?? "").filter(Boolean);
  }

  /**
   * Load the page at a cursor, after sending the events of the current page to the server.
   * @param {string} cursor
   */
  async #load(cursor) {
    this.feed.playback.reportWatched();
    await flush();
    const url = new URL(String(this.feed.root.dataset.api), location.href);
    url.searchParams.set("cursor", cursor);
    const page = await request("GET", url.href);
    this.#append(page);
    if (page.notice && page.notice !== this.#notice) toast(page.notice);
    this.#notice = page.notice;
  }

  /** @param {{clips: Clip[], cursor: string}} page */
  #append(page) {
    this.cursor = page.cursor;
    for (const clip of page.clips) {
      this.feed.clips.push(clip);
      this.feed.items.append(empty(makeItem()));
    }
    if (!this.cursor) this.feed.items.append(makeEnd());
    this.feed.items.fillAround(this.feed.index);
    this.feed.playback.prepare();
    this.feed.enableSteps();
  }
}
