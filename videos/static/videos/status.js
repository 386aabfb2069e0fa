/** Follows a clip's processing: polls every few seconds, slower in a hidden tab, and reloads the page when it is over. */
import { fetchJson } from "../site/fetch-json.js";
import { mountAll } from "../site/mount.js";

const POLL_MS = 2000;
const SLOW_POLL_MS = 10_000;
const HIDDEN_POLL_MS = 30_000;
/** A clip may go back and forth between these states. */
const PROCESSING_STATES = ["uploaded", "processing"];

/** @param {string} state */
const isProcessing = (state) => PROCESSING_STATES.includes(state);

/** @param {HTMLElement} element */
export function mount(element) {
  const initialState = element.dataset.statusReload ?? "";

  async function poll() {
    const status = await fetchJson(String(element.dataset.status), { headers: { Accept: "application/json" } });
    if (!status) return pollAfter(SLOW_POLL_MS);
    const isRunning = isProcessing(status.state);
    const isUnchanged = status.state === initialState || (isRunning && isProcessing(initialState));
    if (initialState && !isUnchanged) return location.reload();
    show(status);
    if (!isRunning && !initialState) return element.remove();
    return status.is_final ? undefined : pollAfter(isRunning ? POLL_MS : SLOW_POLL_MS);
  }

  /** @param {{percent: number, position: number | null}} status */
  function show({ percent, position }) {
    for (const part of element.querySelectorAll("[data-status-percent]")) part.textContent = String(percent);
    const bar = element.querySelector("progress");
    if (bar) bar.value = percent;
    const output = element.querySelector("[data-status-position]");
    if (output && position) output.textContent = String(position);
  }

  /** @param {number} milliseconds */
  function pollAfter(milliseconds) {
    setTimeout(poll, document.hidden ? HIDDEN_POLL_MS : milliseconds);
  }

  pollAfter(POLL_MS / 2);
}

mountAll("status", mount);
