/** One clip at the review desk: its player, timeline, frames and reasons. */
import { closest, find, findAll } from "../../site/mount.js";
import { formatTime } from "../timecode.js";

/** The width of the timeline's drawing. */
const TIMELINE_WIDTH = 997;

export class Panel {
  /** Whether a decision on this clip is on its way or was taken. */
  isSent = false;
  #frame = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.durationMs = Number(element.dataset.duration);
    this.video = /** @type {HTMLVideoElement | null} */ (element.querySelector("[data-desk-video]"));
    this.form = /** @type {HTMLFormElement | null} */ (element.querySelector("[data-desk-form]"));
    this.pin = /** @type {HTMLInputElement | null} */ (element.querySelector("[data-desk-pin]"));
    this.cursor = element.querySelector("[data-desk-now]");
    element.addEventListener("click", (event) => this.#onClick(event));
    this.pin?.addEventListener("change", () => this.#updatePin());
    const timeline = element.querySelector("[data-desk-timeline]");
    timeline?.addEventListener("click", (event) => {
      const area = timeline.getBoundingClientRect();
      const { clientX } = /** @type {MouseEvent} */ (event);
      this.#seek(((clientX - area.left) / area.width) * this.durationMs);
    });
    this.#moveCursor();
  }

  get code() {
    return this.element.dataset.code ?? "";
  }

  get data() {
    return this.element.dataset;
  }

  /**
   * Return false if this decision is not offered.
   * @param {string} action
   * @returns {boolean}
   */
  has(action) {
    return this.form?.querySelector(`button[value=${action}]`) != null;
  }

  play() {
    this.video?.play().catch(() => {}); // the moderator can press play
  }

  toggle() {
    if (this.video?.paused) this.play();
    else this.video?.pause();
  }

  /** @param {number} milliseconds  Forward, or back if negative. */
  step(milliseconds) {
    this.#seek((this.video?.currentTime ?? 0) * 1000 + milliseconds);
  }

  /** Point at the moment shown now, or stop pointing at one. */
  togglePin() {
    if (!this.pin) return;
    this.pin.checked = !this.pin.checked;
    this.#updatePin();
  }

  focusWords() {
    findAll(this.element, "[name=words]")[0]?.focus();
  }

  /** @param {string} number  Of a reason. */
  choose(number) {
    const radio = this.element.querySelector(`[data-number="${number}"]`);
    if (radio instanceof HTMLInputElement) radio.checked = true;
  }

  /** Scroll to the reasons, because the buttons are in reach without them. */
  showReasons() {
    this.form?.querySelector("fieldset")?.scrollIntoView({ block: "center" });
  }

  playDuplicate() {
    findAll(this.element, "[data-beside]")[0]?.click();
  }

  /** Leave the page and stop loading. */
  remove() {
    cancelAnimationFrame(this.#frame);
    this.video?.pause();
    this.video?.removeAttribute("src");
    this.video?.load();
    this.element.remove();
  }

  /** @param {Event} event */
  #onClick(event) {
    const { seek, beside } = closest(event, "[data-seek], [data-beside]")?.dataset ?? {};
    if (seek) this.#seek(Number(seek));
    if (beside) this.#playBeside(beside);
  }

  /** @param {number} milliseconds */
  #seek(milliseconds) {
    if (this.video) this.video.currentTime = Math.max(0, Math.min(milliseconds, this.durationMs)) / 1000;
  }

  #updatePin() {
    const atMs = this.pin?.checked && this.video ? Math.round(this.video.currentTime * 1000) : null;
    find(this.element, "[data-desk-at]", HTMLInputElement).value = atMs === null ? "" : String(atMs);
    find(this.element, "[data-desk-pinned]").textContent = atMs === null ? "" : formatTime(atMs);
  }

  #moveCursor() {
    if (this.video && this.cursor) {
      const share = (this.video.currentTime * 1000) / Math.max(this.durationMs, 1);
      this.cursor.setAttribute("x", String(Math.round(share * TIMELINE_WIDTH)));
    }
    this.#frame = requestAnimationFrame(() => this.#moveCursor());
  }

  /**
   * Play another clip in step beside this one.
   * @param {string} url
   */
  #playBeside(url) {
    const { video } = this;
    if (!video) return;
    const properties = { className: "desk-video desk-video--beside", muted: true, controls: true, playsInline: true };
    const other = /** @type {HTMLVideoElement} */ (
      this.element.querySelector(".desk-video--beside") ?? Object.assign(document.createElement("video"), properties)
    );
    other.src = url;
    if (!other.isConnected) video.after(other);
    other.currentTime = video.currentTime;
    other.play();
    video.onplay = () => other.play();
    video.onpause = () => other.pause();
    video.onseeked = () => (other.currentTime = video.currentTime);
  }
}
