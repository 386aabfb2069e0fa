/** The page of the feed: turns the server's list of clips into the full-screen feed. */
import { find, mountAll } from "../site/mount.js";
import { dropStored } from "./clips.js";
import { registerServiceWorker } from "./install.js";
import { startMarks } from "./marks.js";
import { measureThroughput } from "./network.js";
import { startOutbox } from "./outbox.js";
import { Feed } from "./player.js";
import { recallFeed, rememberFeed } from "./return.js";
import { empty, makeEnd, makeItem } from "./slide.js";
import { askForInterests } from "./welcome.js";

/** @param {string} id  Of a `json_script`. */
const readData = (id) => JSON.parse(find(document, `#${id}`).textContent ?? "null");

/** @param {HTMLElement} root */
export function mount(root) {
  const scroller = root.querySelector("[data-scroller]");
  if (!(scroller instanceof HTMLElement)) return;
  startOutbox(String(root.dataset.events));
  startMarks(String(root.dataset.owner));
  registerServiceWorker(String(root.dataset.worker));
  measureThroughput();
  const account = String(root.dataset.account);
  const left = recallFeed(account);
  if (left) scroller.replaceChildren(...left.clips.map(() => empty(makeItem())), ...(left.cursor ? [] : [makeEnd()]));
  const { clips, cursor, first, index } = left ?? firstPage();
  const feed = new Feed(root, scroller, clips, cursor, first);
  rememberFeed(feed, account, left?.id);
  feed.start(index);
  askForInterests(feed);
}

/** The feed as the server rendered it. */
function firstPage() {
  dropStored();
  return { clips: readData("feed-clips"), cursor: readData("feed-cursor"), first: location.href, index: 0 };
}

mountAll("feed", mount);
