import assert from "node:assert/strict";
import { test } from "node:test";
import { WatchTime } from "../../feed/static/feed/watch-time.js";

/**
 * Return what was watched of a clip of ten seconds when the video reports these positions.
 * @param {number[]} positions  In seconds, from where playback begins.
 */
function watch([first, ...positions]) {
  const time = new WatchTime(first);
  for (const position of positions) time.advance(position, 10);
  return { ms: Math.round(time.ms), loops: time.loops };
}

test("steps of playback add up", () => {
  assert.deepEqual(watch([0, 0.25, 0.5, 1.5]), { ms: 1500, loops: 0 });
});

test("playback counts from where it begins", () => {
  assert.deepEqual(watch([4, 4.5]), { ms: 500, loops: 0 });
});

test("seeking forward and back counts as nothing", () => {
  assert.deepEqual(watch([0, 1, 6, 7, 2, 3]), { ms: 3000, loops: 0 });
});

test("a step from the end to the beginning is a loop", () => {
  assert.deepEqual(watch([9, 9.75, 0.5]), { ms: 1500, loops: 1 });
});

test("a pause adds nothing", () => {
  assert.deepEqual(watch([1, 1, 1]), { ms: 0, loops: 0 });
});
