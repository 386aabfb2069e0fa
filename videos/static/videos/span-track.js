/** A row's span drawn over the length of the clip, with two handles: drag them, or use the arrow keys. */
import { formatTime, parseTime } from "./timecode.js";

const STEP_MS = 100;
const SHORTEST_MS = 200;

export function mountTrack(row, video) {
  const track = row.querySelector("[data-span-track]");
  const length = Math.floor(video.duration * 1000);
  track.hidden = video.hidden || !Number.isFinite(length) || length <= 0;
  if (track.hidden) return;
  track.length = length;
  if (track.firstChild) return draw();
  const bar = document.createElement("div");
  bar.className = "span-row__bar";
  const handles = { start: handle("start"), end: handle("end") };
  track.append(bar, handles.start, handles.end);
  row.addEventListener("input", draw);
  row.addEventListener("change", suggest);
  draw();

  function field(name) {
    return row.querySelector(`[name$=-${name}]`);
  }

  function value(name) {
    return parseTime(field(name).value) ?? (name === "start" ? 0 : track.length);
  }

  function suggest() {
    if (row.querySelector("[role=combobox]").value && !field("start").value && !field("end").value) {
      put("start", Math.max(0, Math.min(video.currentTime * 1000, track.length - 2000)));
      put("end", Math.min(track.length, value("start") + 3000));
    }
  }

  function put(name, milliseconds) {
    const [least, most] =
      name === "start" ? [0, value("end") - SHORTEST_MS] : [value("start") + SHORTEST_MS, track.length];
    const held = Math.max(least, Math.min(most, milliseconds));
    field(name).value = formatTime(
      name === "end" && held > track.length - STEP_MS ? Math.floor(track.length / STEP_MS) * STEP_MS : held,
    );
    video.currentTime = held / 1000;
    draw();
  }

  function draw() {
    const [bar, start, end] = track.children;
    const share = (name) => Math.max(0, Math.min(1, value(name) / track.length)) * 100;
    bar.style.setProperty("--from", share("start"));
    bar.style.setProperty("--to", share("end"));
    for (const [name, element] of [
      ["start", start],
      ["end", end],
    ]) {
      element.style.setProperty("--at", share(name));
      element.setAttribute("aria-valuemax", String(track.length / 1000));
      element.setAttribute("aria-valuenow", String(value(name) / 1000));
      element.setAttribute("aria-valuetext", formatTime(value(name)));
    }
  }

  function handle(name) {
    const element = document.createElement("div");
    element.className = "span-row__handle";
    element.tabIndex = 0;
    element.setAttribute("role", "slider");
    element.setAttribute("aria-valuemin", "0");
    element.setAttribute("aria-label", row.querySelector(`label[for$=-${name}]`).textContent);
    element.addEventListener("pointerdown", (event) => element.setPointerCapture(event.pointerId));
    element.addEventListener("pointermove", (event) => {
      if (!element.hasPointerCapture(event.pointerId)) return;
      const area = track.getBoundingClientRect();
      put(name, ((event.clientX - area.left) / area.width) * track.length);
    });
    element.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const sign = event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : -1;
      put(name, value(name) + sign * STEP_MS * (event.shiftKey ? 10 : 1));
    });
    return element;
  }
}
