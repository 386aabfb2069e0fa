/** Likes, saves and follows made without a connection: kept here and told to the server once there is one again. */
import { ApiError, ask } from "./api.js";

const KEY = "feed-marks";

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Keep one mark; of several about the same thing the last counts. Returns whether the browser could keep it. */
export function keepForLater(method, url) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...read(), [url]: method }));
    return true;
  } catch {
    return false;
  }
}

export function openLater() {
  addEventListener("online", tellKept);
  tellKept();
}

async function tellKept() {
  for (const [url, method] of Object.entries(read())) {
    try {
      await ask(method, url);
    } catch (error) {
      // What the server refuses stays refused; what did not reach it waits on.
      if (!(error instanceof ApiError) || error.status >= 500) return;
    }
    const { [url]: told, ...rest } = read();
    localStorage.setItem(KEY, JSON.stringify(told === method ? rest : { ...rest, [url]: told }));
  }
}
