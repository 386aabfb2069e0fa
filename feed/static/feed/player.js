/** The feed: turns the server's list into the full-screen stage and keeps it going. */
import { mountAll } from "../site/mount.js";
import { actions } from "./actions.js";
import { announce } from "./announce.js";
import { ask } from "./api.js";
import { install } from "./install.js";
import { keyboard } from "./keyboard.js";
import { flush, open as openOutbox } from "./outbox.js";
import { panel } from "./panel.js";
import { Playback } from "./playback.js";
import { watchThroughput } from "./renditions.js";
import { sheet } from "./sheet.js";
import { empty, fill, makeEnd, makeItem } from "./slide.js";
import { why } from "./why.js";
import { word } from "./words.js";

const AHEAD = 3;
const FILLED_AROUND = 5;
const parsed = (id) => JSON.parse(document.getElementById(id).textContent);

export function mount(root) {
  const scroller = root.querySelector("[data-scroller]");
  if (!scroller) return;
  openOutbox(root.dataset.events);
  install(root.dataset.worker);
  watchThroughput();
  const feed = new Feed(root, scroller, parsed("feed-clips"), parsed("feed-cursor"));
  feed.start();
}

class Feed {
  #cursor;
  #loading = null;
  #items;

  constructor(root, scroller, clips, cursor) {
    Object.assign(this, { root, scroller, clips, index: -1 });
    this.#cursor = cursor;
    this.#items = [...scroller.children];
    this.playback = new Playback(this);
    this.sheet = sheet(this);
    this.why = why(this);
    this.panel = panel(this);
  }

  start() {
    this.#items.forEach((item, index) => this.#adopt(item, index));
    this.observer = new IntersectionObserver((entries) => this.#seen(entries), { root: this.scroller, threshold: 0.55 });
    this.#items.forEach((item) => this.observer.observe(item));
    actions(this);
    keyboard(this);
    this.#mountSteps();
    this.show(0);
  }

  entry(index) {
    const clip = this.clips[index];
    const slide = this.#items[index]?.firstElementChild;
    return clip && slide ? { clip, slide } : undefined;
  }

  get current() {
    return this.entry(this.index);
  }

  /** Scroll to a clip; the observer then makes it the current one. */
  go(index) {
    const target = this.#items[Math.max(0, Math.min(index, this.#items.length - 1))];
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
    this.scroller.scrollTo({ top: target.offsetTop, behavior });
  }

  step(by) {
    this.go(this.index + by);
  }

  show(index) {
    if (index === this.index) return;
    const isFirst = this.index === -1;
    this.index = index;
    this.#refill();
    this.playback.show(index);
    this.panel.show(this.current);
    this.#enableSteps();
    const { clip } = this.current ?? {};
    if (clip && !isFirst) announce(word("next", { number: index + 1, caption: clip.caption, name: clip.creator.name }));
    if (index >= this.clips.length - AHEAD) this.more();
  }

  /** Fetch the next page, after the server has heard what was done on this one. */
  more() {
    if (!this.#cursor) return null;
    this.#loading ??= this.#fetch().catch(() => null).finally(() => (this.#loading = null));
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
      const item = makeItem();
      this.clips.push(clip);
      this.#items.push(item);
      this.#adopt(item, this.clips.length - 1);
      this.scroller.append(item);
      this.observer.observe(item);
    }
    if (!this.#cursor) this.#end();
    this.playback.prepare();
    this.#enableSteps();
  }

  #end() {
    const item = makeEnd();
    this.#items.push(item);
    this.scroller.append(item);
    this.observer.observe(item);
  }

  #adopt(item, index) {
    item.dataset.index = String(index);
    item.setAttribute("aria-setsize", "-1");
    item.setAttribute("aria-posinset", String(index + 1));
    if (this.clips[index]) fill(item.firstElementChild, this.clips[index]);
  }

  #seen(entries) {
    for (const entry of entries) {
      if (entry.isIntersecting) this.show(this.#items.indexOf(entry.target));
    }
  }

  #refill() {
    this.#items.forEach((item, index) => {
      const isNear = Math.abs(index - this.index) <= FILLED_AROUND;
      if (!this.clips[index] || isNear === !item.dataset.empty) return;
      if (isNear) fill(item.firstElementChild, this.clips[index]);
      else empty(item.firstElementChild);
      if (isNear) delete item.dataset.empty;
      else item.dataset.empty = "yes";
    });
  }

  #mountSteps() {
    const steps = this.root.querySelector("[data-steps]");
    steps.hidden = false;
    steps.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) this.step(Number(button.dataset.step));
    });
  }

  #enableSteps() {
    this.root.querySelector('[data-step="-1"]').disabled = this.index <= 0;
    this.root.querySelector('[data-step="1"]').disabled = this.index >= this.#items.length - 1;
  }
}

mountAll("feed", mount);
