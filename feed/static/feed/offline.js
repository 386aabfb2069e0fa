/** The page shown without a connection: says how many actions wait to be sent, and reloads when back online. */
import { find, mountAll } from "../site/mount.js";
import { readJson } from "./storage.js";

const STORAGE_KEYS = ["feed-outbox", "feed-marks"];

/** @param {HTMLElement} element */
export function mount(element) {
  const line = find(element, "[data-offline-kept]");
  const waiting = STORAGE_KEYS.reduce((sum, key) => sum + Object.keys(readJson(key, {})).length, 0);
  line.hidden = waiting === 0;
  line.textContent = `${line.dataset.text} ${waiting.toLocaleString(document.documentElement.lang)}`;
  addEventListener("online", () => location.reload());
}

mountAll("offline", mount);
