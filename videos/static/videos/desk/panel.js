/** One clip on the desk: its player, timeline, frames, reasons. Returns what the keys need. */
import { formatTime } from "../timecode.js";

/** Wait until a panel's video could play through, or cannot be played at all. */
export function loaded(panel) {
  const video = panel.querySelector("[data-desk-video]");
  if (!video || video.readyState >= 4 || video.error) return Promise.resolve();
  return new Promise((done) =>
    ["canplaythrough", "error", "suspend", "emptied"].forEach((name) =>
      video.addEventListener(name, done, { once: true }),
    ),
  );
}

export function mountPanel(panel) {
  const video = panel.querySelector("[data-desk-video]");
  const timeline = panel.querySelector("[data-desk-timeline]");
  const now = panel.querySelector("[data-desk-now]");
  const pin = panel.querySelector("[data-desk-pin]");
  const at = panel.querySelector("[data-desk-at]");
  const length = Number(panel.dataset.duration);
  let frame = 0;

  function follow() {
    if (video && now) now.setAttribute("x", String(Math.round((video.currentTime * 1000 * 997) / Math.max(length, 1))));
    frame = requestAnimationFrame(follow);
  }

  function seek(milliseconds) {
    if (video) video.currentTime = Math.max(0, Math.min(milliseconds, length)) / 1000;
  }

  function setPin(isOn) {
    if (!pin) return;
    pin.checked = isOn;
    at.value = isOn && video ? String(Math.round(video.currentTime * 1000)) : "";
    panel.querySelector("[data-desk-pinned]").textContent = isOn ? formatTime(Number(at.value)) : "";
  }

  panel.addEventListener("click", (event) => {
    const target = event.target.closest("[data-seek], [data-beside]");
    if (target?.dataset.seek) seek(Number(target.dataset.seek));
    if (target?.dataset.beside) beside(target.dataset.beside);
  });
  timeline?.addEventListener("click", (event) => {
    const area = timeline.getBoundingClientRect();
    seek(((event.clientX - area.left) / area.width) * length);
  });
  pin?.addEventListener("change", () => setPin(pin.checked));

  function beside(address) {
    const other =
      panel.querySelector(".desk-video--beside") ??
      Object.assign(document.createElement("video"), {
        className: "desk-video desk-video--beside",
        muted: true,
        controls: true,
        playsInline: true,
      });
    other.src = address;
    if (!other.isConnected) video.after(other);
    other.currentTime = video.currentTime;
    other.play();
    video.onplay = () => other.play();
    video.onpause = () => other.pause();
    video.onseeked = () => (other.currentTime = video.currentTime);
  }

  follow();
  return {
    play: () => video?.play().catch(() => {}),
    toggle: () => (video?.paused ? video.play().catch(() => {}) : video?.pause()),
    step: (milliseconds) => seek((video?.currentTime ?? 0) * 1000 + milliseconds),
    pin: () => setPin(!pin?.checked),
    choose(number) {
      const radio = panel.querySelector(`[data-number="${number}"]`);
      if (radio) radio.checked = true;
    },
    leave() {
      cancelAnimationFrame(frame);
      video?.pause();
      video?.removeAttribute("src");
      video?.load();
    },
  };
}
