/** Coming back to the feed from another page: the same clips, at the same place. */

/** @import { Clip } from "./clips.js" */
/** @import { Feed } from "./player.js" */

const STORAGE_KEY = "feed-return";
/** Afterwards, clips may have been taken down and prices have changed. */
const MAX_AGE_MS = 30 * 60 * 1000;

/**
 * A feed as it was left.
 * @typedef {object} LeftFeed
 * @property {string} id
 * @property {string} account  Of the viewer who is signed in, or "".
 * @property {number} leftAt
 * @property {string} first  The address of its first clip.
 * @property {number} index
 * @property {string | null} cursor
 * @property {(Clip | null)[]} clips  Null if the clip is in the tab's storage.
 */

/**
 * Return the feed that the viewer comes back to with the browser's buttons, unless somebody else is signed in now.
 * @param {string} account
 * @returns {LeftFeed | null}
 */
export function recallFeed(account) {
  const [navigation] = performance.getEntriesByType("navigation");
  if (/** @type {PerformanceNavigationTiming} */ (navigation)?.type !== "back_forward") return null;
  try {
    const left = /** @type {LeftFeed | null} */ (JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null"));
    const isSame = left?.id === history.state?.feed && left?.account === account;
    return left && isSame && Date.now() - left.leftAt < MAX_AGE_MS ? left : null;
  } catch {
    return null; // no storage, or what it holds is damaged
  }
}

/**
 * Remember the feed when the viewer leaves the page.
 * @param {Feed} feed
 * @param {string} account
 * @param {string} [id]  Of the feed that the viewer came back to.
 */
export function rememberFeed(feed, account, id = crypto.randomUUID()) {
  history.replaceState({ ...history.state, feed: id }, "");
  addEventListener("pagehide", () => {
    const { address, clips, index } = feed;
    const { cursor } = feed.paging;
    const left = { id, account, leftAt: Date.now(), first: address.first, index, cursor, clips: clips.stored() };
    try {
      sessionStorage.setItem(STORAGE_KEY, JSON.stringify(left));
    } catch {
      sessionStorage.removeItem(STORAGE_KEY); // no space: the feed begins anew
    }
  });
}
