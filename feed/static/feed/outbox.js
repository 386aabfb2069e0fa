/**
 * Events on their way to the server. They stay in the browser's storage until the server has received them, so that
 * no event is lost by a reload or without a connection. If an event is sent twice, the server counts it once.
 */
import { csrfToken } from "../site/mount.js";
import { EventQueue } from "./event-queue.js";
import { readJson, writeJson } from "./storage.js";

/** @import { FeedEvent } from "./event-queue.js" */

const STORAGE_KEY = "feed-outbox";
const FLUSH_EVERY_MS = 5000;

const queue = new EventQueue(readJson(STORAGE_KEY, []));
let url = "";
/** @type {Promise<void> | null} */
let flushing = null;

/**
 * Send the events that an earlier page left behind, and then send new ones every few seconds.
 * @param {string} address  The events endpoint.
 */
export function startOutbox(address) {
  url = address;
  setInterval(flush, FLUSH_EVERY_MS);
  addEventListener("online", flush);
  addEventListener("pagehide", sendBeacons);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && sendBeacons());
  flush();
}

/**
 * Enqueue an event. It replaces an earlier event with the same token, kind and product.
 * @param {FeedEvent} event
 */
export function enqueue(event) {
  if (queue.add(event)) writeJson(STORAGE_KEY, queue.newest());
}

/**
 * Send all events. Resolves when the server has received them or cannot be reached.
 * @returns {Promise<void>}
 */
export function flush() {
  flushing ??= send().finally(() => (flushing = null));
  return flushing;
}

async function send() {
  while (queue.length > 0 && navigator.onLine) {
    const [batch] = queue.batches();
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    const body = JSON.stringify({ events: batch });
    try {
      const response = await fetch(url, { method: "POST", headers, body, keepalive: true, credentials: "same-origin" });
      if (response.status >= 500 || response.status === 429) return;
    } catch {
      return; // no connection: the next flush tries again
    }
    queue.remove(batch);
    writeJson(STORAGE_KEY, queue.newest());
  }
}

/** Send all events as beacons, which outlive the page. The events stay stored until the server answers a flush. */
function sendBeacons() {
  for (const events of queue.batches()) navigator.sendBeacon(url, JSON.stringify({ events }));
}
