import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Clips, dropStored } from "../../feed/static/feed/clips.js";

class MemoryStorage {
  /** @param {string} key */
  getItem(key) {
    return /** @type {Record<string, string>} */ (/** @type {unknown} */ (this))[key] ?? null;
  }
  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    Object.assign(this, { [key]: value });
  }
  /** @param {string} key */
  removeItem(key) {
    Reflect.deleteProperty(this, key);
  }
}

/** @param {number} number */
const makeClip = (number) =>
  /** @type {import("../../feed/static/feed/clips.js").Clip} */ (
    /** @type {unknown} */ ({ code: `clip-${number}`, creator: { handle: "maya", is_followed: false } })
  );

/** Return what a page restores after 25 swipes: null for the first clips, which are in the tab's storage. */
function leave() {
  const clips = new Clips(Array.from({ length: 30 }, (_, number) => makeClip(number)));
  clips.keepAround(25);
  assert.equal(clips.stored()[0], null);
  return JSON.parse(JSON.stringify(clips.stored()));
}

beforeEach(() => {
  Object.defineProperty(globalThis, "sessionStorage", { value: new MemoryStorage(), configurable: true });
});

test("clips in the tab's storage are there when the viewer comes back", () => {
  const back = new Clips(leave());
  back.follow("maya", true);
  assert.deepEqual([back.at(0)?.code, back.at(25)?.code], ["clip-0", "clip-25"]);
  assert.equal(back.at(0)?.creator.is_followed, true);
});

test("a new feed drops the clips of an earlier one", () => {
  leave();
  dropStored();
  assert.deepEqual(Object.keys(sessionStorage), []);
});

test("a clip that the storage has lost, or that is damaged, is undefined and not an error", () => {
  const back = new Clips(leave());
  sessionStorage.setItem("feed-clip-0", "{");
  sessionStorage.removeItem("feed-clip-1");
  assert.deepEqual([back.at(0), back.at(1), back.at(99)], [undefined, undefined, undefined]);
  assert.equal(back.at(2)?.code, "clip-2");
});
