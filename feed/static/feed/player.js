/** The feed: shows one clip after the other, and loads more while the viewer swipes. */
import { mountActions } from "./actions.js";
import { Address } from "./address.js";
import { announce } from "./announce.js";
import { Clips } from "./clips.js";
import { mountCollections } from "./collections.js";
import { mountComments } from "./comments.js";
import { Items } from "./items.js";
import { mountKeyboard } from "./keyboard.js";
import { message } from "./messages.js";
import { mountPanel } from "./panel.js";
import { Paging } from "./paging.js";
import { Playback } from "./playback.js";
import { Scrolling } from "./scrolling.js";
import { mountShare } from "./share.js";
import { mountSheet } from "./sheet.js";
import { mountSteps } from "./steps.js";
import { mountProductList } from "./product-list.js";
import { mountWhy } from "./why.js";

/** @import { Clip } from "./clips.js" */

/** @typedef {{clip: Clip, slide: HTMLElement}} Entry  A clip and its <article>. */

/** Load the next page when this many clips are left. */
const LOAD_AHEAD = 3;
/** Work that can wait for the end of a swipe is delayed by this long. */
const AFTER_SWIPE_MS = 180;

export class Feed {
  index = -1;
  /** Whether the current clip has been in view for a moment. */
  isSettled = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settleTimer;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} scroller
   * @param {(Clip | null)[]} clips  The first page, or all pages if the viewer comes back.
   * @param {string | null} cursor  Of the next page.
   * @param {string} first  The address of the feed.
   */
  constructor(root, scroller, clips, cursor, first) {
    this.root = root;
    this.scroller = scroller;
    this.clips = new Clips(clips);
    this.paging = new Paging(this, cursor);
    this.address = new Address(first);
    this.playback = new Playback(this);
    this.sheet = mountSheet(this);
    this.why = mountWhy(this);
    this.panel = mountPanel(this);
    this.products = mountProductList(this);
    this.collections = mountCollections();
    this.comments = mountComments();
    this.share = mountShare(this);
    this.steps = mountSteps(this);
    this.scrolling = new Scrolling(
      scroller,
      (index) => this.show(index),
      () => this.playback.keepUp(),
    );
    this.items = new Items(scroller, this.clips, (item) => this.scrolling.watch(item));
  }

  /** @param {number} index  Of the clip to begin with. */
  start(index) {
    mountActions(this);
    mountKeyboard(this);
    this.scrolling.go(this.items.nearest(index), true);
  }

  /**
   * Return the clip at an index and its slide, or undefined if there is no such clip.
   * @param {number} index
   * @returns {Entry | undefined}
   */
  entry(index) {
    const clip = this.clips.at(index);
    return clip && { clip, slide: this.items.slide(index, clip) };
  }

  get current() {
    return this.entry(this.index);
  }

  /**
   * Scroll to a clip and play it at once. Clips in between do not play.
   * @param {number} index
   */
  go(index) {
    this.scrolling.go(this.items.nearest(index));
  }

  /** @param {number} count  Clips forward, or back if negative. */
  step(count) {
    this.go(this.scrolling.destination + count);
  }

  /**
   * Make a clip the current one. Its video plays at once, and everything else follows after the swipe.
   * @param {number} index
   */
  show(index) {
    if (index === this.index) return;
    const isFirst = this.index === -1;
    this.index = index;
    this.isSettled = false;
    this.items.show(index);
    this.playback.show(index);
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => this.#settle(isFirst), isFirst ? 0 : AFTER_SWIPE_MS);
  }

  /**
   * Scroll on from a clip, as after "Not interested". Return a function that goes back to it.
   * @param {number} index
   * @returns {() => void}
   */
  skip(index) {
    if (index === this.index) this.step(1);
    return () => this.go(index);
  }

  /** @param {boolean} isFirst */
  #settle(isFirst) {
    this.items.fillAround(this.index);
    this.panel.show(this.current);
    this.enableSteps();
    const { clip } = this.current ?? {};
    if (clip) this.address.show(this.index, clip);
    if (clip && !isFirst) {
      announce(message("next", { number: this.index + 1, caption: clip.caption, name: clip.creator.name }));
    }
    this.isSettled = true;
    if (this.index >= this.clips.length - LOAD_AHEAD) this.paging.loadMore();
  }

  /** Enable the buttons for the previous and the next clip as far as there are any. */
  enableSteps() {
    this.steps.enable(this.index <= 0, this.index >= this.items.length - 1);
  }
}
