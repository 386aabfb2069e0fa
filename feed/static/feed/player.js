/** The feed: turns the server's list into the full-screen stage and keeps it going. */
import { mountAll } from "../site/mount.js";
import { actions } from "./actions.js";
import { announce } from "./announce.js";
import { ask } from "./api.js";
import { Clips } from "./clips.js";
import { install } from "./install.js";
import { keyboard } from "./keyboard.js";
import { openLater } from "./marks.js";
import { flush, open as openOutbox } from "./outbox.js";
import { panel } from "./panel.js";
import { Playback } from "./playback.js";
import { watchThroughput } from "./renditions.js";
import { Scrolling } from "./scrolling.js";
import { sheet } from "./sheet.js";
import { empty, fill, makeEnd, makeItem } from "./slide.js";
import { steps } from "./steps.js";
import { why } from "./why.js";
import { word } from "./messages.js";

const AHEAD = 3;
const FILLED_AROUND = 5;
const AFTER_MS = 180;
const parsed = (id) => JSON.parse(document.getElementById(id).textContent);

export function mount(root) {
  const scroller = root.querySelector("[data-scroller]");
  if (!scroller) return;
  openOutbox(root.dataset.events);
  openLater();
  install(root.dataset.worker);
  watchThroughput();
  const feed = new Feed(root, scroller, parsed("feed-clips"), parsed("feed-cursor"));
  feed.start();
}

class Feed {
  #cursor;
  #loading = null;
  #items;
  #after = 0;

  constructor(root, scroller, clips, cursor) {
    Object.assign(this, { root, scroller, clips: new Clips(clips), index: -1 });
    this.#cursor = cursor;
    this.#items = [...scroller.children];
    this.playback = new Playback(this);
    this.sheet = sheet(this);
    this.why = why(this);
    this.panel = panel(this);
    this.steps = steps(this);
  }

  start() {
    this.scrolling = new Scrolling(this.scroller, (index) => this.show(index));
    this.#items.forEach((item, index) => this.#adopt(item, index));
    actions(this);
    keyboard(this);
    this.show(0);
  }

  entry(index) {
    const clip = this.clips.at(index);
    return clip && { clip, slide: this.#fill(index) };
  }

  get current() {
    return this.entry(this.index);
  }

  /** Scroll to a clip, which plays at once; those passed on the way do not. */
  go(index) {
    this.scrolling.go(this.#items[Math.max(0, Math.min(index, this.#items.length - 1))]);
  }

  step(by) {
    this.go(this.index + by);
  }

  /** Make a clip the current one: first its picture, then, once it moves, everything else. */
  show(index) {
    if (index === this.index) return;
    const isFirst = this.index === -1;
    this.index = index;
    this.isSettled = false;
    this.playback.show(index);
    clearTimeout(this.#after);
    this.#after = setTimeout(() => this.#afterShow(isFirst), isFirst ? 0 : AFTER_MS);
  }

  #afterShow(isFirst) {
    this.#refill();
    this.panel.show(this.current);
    this.#enableSteps();
    const { clip } = this.current ?? {};
    if (clip && !isFirst)
      announce(word("next", { number: this.index + 1, caption: clip.caption, name: clip.creator.name }));
    this.isSettled = true;
    if (this.index >= this.clips.length - AHEAD) this.more();
  }

  /** Fetch the next page, after the server has heard what was done on this one. */
  more() {
    if (!this.#cursor) return null;
    this.#loading ??= this.#fetch()
      .catch(() => null)
      .finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** Take a clip out, as after "not interested"; returns a function that puts it back. */
  skip(index) {
    if (index === this.index) this.step(1);
    return () => this.go(index);
  }

  async #fetch() {
    this.playback.tellWatched();
    await flush();
    const url = new URL(this.root.dataset.api, location.href);
    url.searchParams.set("cursor", this.#cursor);
    const page = await ask("GET", url.href);
    this.#cursor = page.cursor;
    for (const clip of page.clips) {
      this.clips.push(clip);
      this.#append(empty(makeItem()));
    }
    if (!this.#cursor) this.#append(makeEnd());
    this.#refill();
    this.playback.prepare();
    this.#enableSteps();
  }

  #append(item) {
    this.#items.push(item);
    this.scroller.append(item);
    this.#adopt(item, this.#items.length - 1);
  }

  #adopt(item, index) {
    item.dataset.index = String(index);
    item.setAttribute("aria-setsize", "-1");
    item.setAttribute("aria-posinset", String(index + 1));
    this.scrolling.watch(item);
  }

  #fill(index) {
    const item = this.#items[index];
    if (item.dataset.filled !== "yes") fill(item, this.clips.at(index));
    return item.firstElementChild;
  }

  /** Fill the places around, empty those far away: memory stays the same, however long somebody swipes. */
  #refill() {
    this.clips.stayAround(this.index);
    this.#items.slice(0, this.clips.length).forEach((item, index) => {
      if (Math.abs(index - this.index) <= FILLED_AROUND) this.#fill(index);
      else if (item.firstElementChild) empty(item);
    });
  }

  #enableSteps() {
    this.steps.enable(this.index <= 0, this.index >= this.#items.length - 1);
  }
}

mountAll("feed", mount);
