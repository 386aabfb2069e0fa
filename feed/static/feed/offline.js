/** The page shown without a connection. It says how many actions wait to be sent, and reloads when back online. */
import { find, mountAll } from "../site/mount.js";
import { readJson } from "./storage.js";

const STORAGE_KEYS = ["feed-outbox", "feed-marks"];
/** The time between checks. The browser's `online` event comes only once, and may come too early. */
const RETRY_MS = 3000;

/** Reload once the site answers. The service worker leaves HEAD requests to the network. */
async function reloadIfReachable() {
  const isReachable = await fetch(location.href, { method: "HEAD", cache: "no-store" }).then(
    () => true,
    () => false,
  );
  if (isReachable) location.reload();
}

/** @param {HTMLElement} element */
export function mount(element) {
  const line = find(element, "[data-offline-kept]");
  const waiting = STORAGE_KEYS.reduce((sum, key) => sum + Object.keys(readJson(key, {})).length, 0);
  line.hidden = waiting === 0;
  line.textContent = `${line.dataset.text} ${waiting.toLocaleString(document.documentElement.lang)}`;
  addEventListener("online", reloadIfReachable);
  setInterval(reloadIfReachable, RETRY_MS);
}

mountAll("offline", mount);
