/** The page without a connection: says how many events wait in the outbox, and goes on when there is one again. */
import { mountAll } from "../site/mount.js";

function mount(element) {
  const line = element.querySelector("[data-offline-kept]");
  const waiting = count();
  line.hidden = waiting === 0;
  line.textContent = `${line.dataset.text} ${waiting.toLocaleString(document.documentElement.lang)}`;
  addEventListener("online", () => location.reload());
}

function count() {
  return ["feed-outbox", "feed-marks"].map(read).reduce((sum, kept) => sum + Object.keys(kept ?? {}).length, 0);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

mountAll("offline", mount);
