/** Likes, saves and follows. Without a connection, they are stored in the browser and sent later. */
import { toast } from "./announce.js";
import { ApiError, attempt, request } from "./api.js";
import { endpoint } from "./endpoints.js";
import { message } from "./messages.js";
import { showMarks } from "./slide.js";
import { readJson, writeJson } from "./storage.js";

/** @import { Entry, Feed } from "./player.js" */

const STORAGE_KEY = "feed-marks";

/**
 * Like or save a clip, or undo that. The change is shown at once, and reverted if the server refuses it.
 * @param {Entry} entry
 * @param {"is_liked" | "is_saved"} field
 * @param {string} [confirmation]  Shown with "Undo".
 * @param {import("./announce.js").Offer} [offer]  Shown beside "Undo".
 */
export async function toggleMark(entry, field, confirmation, offer) {
  const { clip, slide } = entry;
  const isOn = !clip[field];
  /** @param {boolean} value */
  const set = (value) => {
    clip[field] = value;
    if (slide.dataset.code === clip.code) showMarks(slide, clip);
  };
  set(isOn);
  if (isOn && confirmation) toast(confirmation, () => toggleMark(entry, field), offer);
  await sendMark(isOn, endpoint(field === "is_liked" ? "like" : "save", { code: clip.code }), () => set(!isOn));
}

/**
 * Send a mark, or store it for later when there is no connection.
 * @param {boolean} isOn
 * @param {string} url
 * @param {() => void} undo
 */
async function sendMark(isOn, url, undo) {
  const method = isOn ? "POST" : "DELETE";
  if (!navigator.onLine && storeMark(method, url)) toast(message("offline"));
  else await attempt(() => sendChoice(method, url), undo);
}

/**
 * Follow or unfollow a clip's creator. The change is shown at once, and reverted if the server refuses it.
 * @param {Feed} feed
 * @param {Entry} entry
 */
export async function toggleFollow(feed, { clip, slide }) {
  const { handle, is_followed: isFollowed } = clip.creator;
  /** @param {boolean} value */
  const set = (value) => {
    feed.clips.follow(handle, value);
    showMarks(slide, clip);
  };
  set(!isFollowed);
  await sendMark(!isFollowed, endpoint("follow", { handle }), () => set(isFollowed));
}

/**
 * @typedef {{method: "POST" | "DELETE", owner: string}} StoredMark  The owner is the viewer who made it, and sends it.
 */

/**
 * Send a choice of the viewer of this page. The server refuses it if somebody else has signed in since.
 * @param {"POST" | "PUT" | "DELETE"} method
 * @param {string} url
 * @param {unknown} [body]
 */
export function sendChoice(method, url, body) {
  return request(method, url, body, { "X-Viewer-Owner": owner });
}

/** @returns {Record<string, StoredMark>} By URL. */
const storedMarks = () => readJson(STORAGE_KEY, {});
let owner = "";

/**
 * Store a mark to be sent later. It replaces a stored mark for the same URL.
 * @param {"POST" | "DELETE"} method
 * @param {string} url
 * @returns {boolean} False if the browser could not store it, or nothing may be stored about the viewer.
 */
function storeMark(method, url) {
  return owner !== "" && writeJson(STORAGE_KEY, { ...storedMarks(), [url]: { method, owner } });
}

/**
 * Send the viewer's stored marks now, and whenever the browser comes online. Those of others wait for their owners.
 * @param {string} viewer
 */
export function startMarks(viewer) {
  owner = viewer;
  addEventListener("online", sendMarks);
  sendMarks();
}

async function sendMarks() {
  for (const [url, { method, owner: maker }] of Object.entries(storedMarks())) {
    if (maker !== owner) continue;
    try {
      await sendChoice(method, url);
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return; // somebody else uses the browser now
      // A mark that the server refuses is dropped. A mark that did not reach the server is sent next time.
      if (!(error instanceof ApiError) || error.status >= 500) return;
    }
    const { [url]: latest, ...others } = storedMarks();
    const isSent = latest?.method === method && latest.owner === maker;
    writeJson(STORAGE_KEY, isSent ? others : { ...others, [url]: latest });
  }
}
