/** The queue of the review desk: storyboards play under the pointer or on focus, N opens the first clip. */
import { closest, findAll, mountAll } from "../../site/mount.js";

const FRAME_MS = 250;

/** @param {SVGSVGElement} svg  With "columns count width height" in `data-storyboard`. */
export function mount(svg) {
  const row = svg.closest(".desk-row");
  if (!row || !svg.dataset.storyboard) return;
  const [columns, count, width, height] = svg.dataset.storyboard.split(" ").map(Number);
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let timer;
  let current = 0;

  /** @param {number} index */
  function show(index) {
    current = index;
    const x = (index % columns) * width;
    const y = Math.floor(index / columns) * height;
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  function start() {
    timer ??= setInterval(() => show((current + 1) % count), FRAME_MS);
  }

  function stop() {
    clearInterval(timer);
    timer = undefined;
    show(0);
  }

  for (const name of ["pointerenter", "focusin"]) row.addEventListener(name, start);
  for (const name of ["pointerleave", "focusout"]) row.addEventListener(name, stop);
}

mountAll("storyboard", mount);

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "n" || event.ctrlKey || event.metaKey) return;
  if (closest(event, "input:not([type=checkbox]), select, textarea")) return;
  findAll(document, ".desk-start")[0]?.click();
});
