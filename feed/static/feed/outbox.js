/**
 * Events on their way to the server: kept in the browser until the server has them, so that neither a reload nor a
 * lost connection loses one. The same event sent twice counts once there.
 */
import { csrfToken } from "../site/mount.js";

const KEY = "feed-outbox";
const BATCH = 50;
const KEPT = 500;
const EVERY_MS = 5000;

let waiting = read();
let url = "";
let sending = null;

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(waiting.slice(-KEPT)));
  } catch {
    // Private windows may have no storage: the events stay in memory.
  }
}

export function open(address) {
  url = address;
  setInterval(flush, EVERY_MS);
  addEventListener("online", flush);
  addEventListener("pagehide", beacon);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && beacon());
  flush();
}

/** Put one event in; a longer watch of the same serving replaces the shorter one. */
export function tell(event) {
  if (!event.token) return;
  const same = (one) => one.token === event.token && one.kind === event.kind && one.product === event.product;
  waiting = waiting.filter((one) => !same(one));
  waiting.push(event);
  keep();
}

/** Send what waits; resolves when the server has it or cannot be reached. */
export function flush() {
  sending ??= send().finally(() => (sending = null));
  return sending;
}

async function send() {
  while (waiting.length > 0 && navigator.onLine) {
    const batch = waiting.slice(0, BATCH);
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    try {
      const body = JSON.stringify({ events: batch });
      const response = await fetch(url, { method: "POST", headers, body, keepalive: true, credentials: "same-origin" });
      if (response.status >= 500 || response.status === 429) return;
    } catch {
      return;
    }
    waiting = waiting.filter((one) => !batch.includes(one));
    keep();
  }
}

/** The page goes away: a beacon outlives it. The events stay kept until an answer was seen. */
function beacon() {
  for (let start = 0; start < waiting.length; start += BATCH) {
    navigator.sendBeacon(url, JSON.stringify({ events: waiting.slice(start, start + BATCH) }));
  }
}
