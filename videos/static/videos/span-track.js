/** A row's time span drawn over the length of the clip, with two handles to drag or move with the arrow keys. */
import { find } from "../site/mount.js";
import { moveEdge, suggestSpan } from "./span.js";
import { formatTime, parseTime } from "./timecode.js";

/** @typedef {"start" | "end"} Edge */

const STEP_MS = 100;
/** @type {WeakMap<HTMLElement, SpanTrack>} */
const tracks = new WeakMap();

/**
 * Show the track of a row, or hide it while the length of the video is unknown.
 * @param {HTMLElement} row
 * @param {HTMLVideoElement} video
 */
export function mountTrack(row, video) {
  const element = find(row, "[data-span-track]");
  const durationMs = Math.floor(video.duration * 1000);
  element.hidden = video.hidden || !Number.isFinite(durationMs) || durationMs <= 0;
  if (element.hidden) return;
  let track = tracks.get(element);
  if (!track) {
    track = new SpanTrack(element, row, video);
    tracks.set(element, track);
  }
  track.durationMs = durationMs;
  track.draw();
}

class SpanTrack {
  durationMs = 0;

  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} row
   * @param {HTMLVideoElement} video
   */
  constructor(element, row, video) {
    this.element = element;
    this.row = row;
    this.video = video;
    this.bar = document.createElement("div");
    this.bar.className = "span-row__bar";
    this.handles = { start: this.#makeHandle("start"), end: this.#makeHandle("end") };
    element.append(this.bar, this.handles.start, this.handles.end);
    row.addEventListener("input", () => this.draw());
    row.addEventListener("change", () => this.#suggest());
  }

  draw() {
    const { start, end } = this.#span;
    this.bar.style.setProperty("--from", this.#percent(start));
    this.bar.style.setProperty("--to", this.#percent(end));
    for (const edge of /** @type {Edge[]} */ (["start", "end"])) {
      const handle = this.handles[edge];
      const position = this.#span[edge];
      handle.style.setProperty("--at", this.#percent(position));
      handle.setAttribute("aria-valuemax", String(this.durationMs / 1000));
      handle.setAttribute("aria-valuenow", String(position / 1000));
      handle.setAttribute("aria-valuetext", formatTime(position));
    }
  }

  get #span() {
    return {
      start: parseTime(this.#field("start").value) ?? 0,
      end: parseTime(this.#field("end").value) ?? this.durationMs,
    };
  }

  /** @param {Edge} edge */
  #field(edge) {
    return find(this.row, `[name$=-${edge}]`, HTMLInputElement);
  }

  /** @param {number} position */
  #percent(position) {
    return String(Math.max(0, Math.min(1, position / this.durationMs)) * 100);
  }

  /** Suggest a span for a product that was just chosen. */
  #suggest() {
    const isChosen = find(this.row, "[role=combobox]", HTMLInputElement).value !== "";
    if (!isChosen || this.#field("start").value || this.#field("end").value) return;
    const { start, end } = suggestSpan(this.video.currentTime * 1000, this.durationMs);
    this.#move("start", start);
    this.#move("end", end);
  }

  /**
   * @param {Edge} edge
   * @param {number} position
   */
  #move(edge, position) {
    const moved = moveEdge(edge, position, this.#span, this.durationMs);
    this.#field(edge).value = formatTime(moved);
    this.video.currentTime = moved / 1000;
    this.draw();
  }

  /** @param {Edge} edge */
  #makeHandle(edge) {
    const handle = document.createElement("div");
    handle.className = "span-row__handle";
    handle.tabIndex = 0;
    handle.setAttribute("role", "slider");
    handle.setAttribute("aria-valuemin", "0");
    handle.setAttribute("aria-label", find(this.row, `label[for$=-${edge}]`).textContent ?? "");
    handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const area = this.element.getBoundingClientRect();
      this.#move(edge, ((event.clientX - area.left) / area.width) * this.durationMs);
    });
    handle.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const direction = event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : -1;
      this.#move(edge, this.#span[edge] + direction * STEP_MS * (event.shiftKey ? 10 : 1));
    });
    return handle;
  }
}
