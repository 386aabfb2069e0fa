import assert from "node:assert/strict";
import { test } from "node:test";
import { SLOW_MS, WAITING_MS, stateOf } from "../../feed/static/feed/clip-state.js";

const PLAYING = {
  hasError: false,
  isRefused: false,
  hasEnded: false,
  isStopped: false,
  isReady: true,
  waitedMs: 0,
  isOnline: true,
};

/** @type {[string, Partial<typeof PLAYING>, string][]} */
const CASES = [
  ["plays", {}, ""],
  ["was paused by the viewer", { isStopped: true, isReady: false, waitedMs: SLOW_MS }, ""],
  ["has just begun to load", { isReady: false, waitedMs: WAITING_MS - 1 }, ""],
  ["loads", { isReady: false, waitedMs: WAITING_MS }, "waiting"],
  ["never answers", { isReady: false, waitedMs: SLOW_MS }, "slow"],
  ["loads without a connection", { isReady: false, waitedMs: WAITING_MS, isOnline: false }, "offline"],
  ["plays on from its buffer without a connection", { isOnline: false }, ""],
  ["is missing", { hasError: true, isReady: false }, "failed"],
  ["is missing although the viewer paused it", { hasError: true, isStopped: true }, "failed"],
  ["failed with the connection", { hasError: true, isOnline: false }, "offline"],
  ["may not play without a touch", { isRefused: true }, "refused"],
  ["has ended", { hasEnded: true }, "ended"],
];

for (const [name, facts, state] of CASES) {
  test(`a clip that ${name}`, () => assert.equal(stateOf({ ...PLAYING, ...facts }), state));
}
