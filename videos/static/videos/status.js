/** Follows a clip on its way: asks every few seconds, slower while hidden, and shows the page anew when it has moved on. */
import { mountAll } from "../site/mount.js";

const EVERY_MS = 2000;
const HIDDEN_MS = 30_000;
const IN_THE_WORKS = ["uploaded", "processing"]; // a clip may go back and forth between these

export function mount(element) {
  const before = element.dataset.statusReload;

  async function ask() {
    const answer = await fetch(element.dataset.status, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return later();
    const status = await answer.json();
    const isProcessing = IN_THE_WORKS.includes(status.state);
    if (before && status.state !== before && !(isProcessing && IN_THE_WORKS.includes(before))) return location.reload();
    for (const part of element.querySelectorAll("[data-status-percent]")) part.textContent = status.percent;
    const bar = element.querySelector("progress");
    if (bar) bar.value = status.percent;
    const position = element.querySelector("[data-status-position]");
    if (position && status.position) position.textContent = status.position;
    if (!isProcessing && !before) return element.remove();
    return status.is_final ? undefined : later(isProcessing ? EVERY_MS : 5 * EVERY_MS);
  }

  const later = (wait = 5 * EVERY_MS) => setTimeout(ask, document.hidden ? HIDDEN_MS : wait);
  later(EVERY_MS / 2);
}

mountAll("status", mount);
