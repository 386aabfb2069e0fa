import assert from "node:assert/strict";
import { test } from "node:test";
import { averageThroughput, expectedThroughput } from "../../feed/static/feed/network.js";

test("what was measured beats the browser's estimate", () => {
  assert.equal(expectedThroughput(3_000_000, 5), 3_000_000);
});

test("the browser's estimate counts until something was measured", () => {
  assert.equal(expectedThroughput(0, 1.5), 1_500_000);
});

test("an estimate of 10 Mbit/s means 10 or more, and no estimate means unknown", () => {
  assert.equal(expectedThroughput(0, 10), Infinity);
  assert.equal(expectedThroughput(0, undefined), Infinity);
});

test("the first download sets the average", () => {
  assert.equal(averageThroughput(0, { bytes: 1_000_000, seconds: 2 }), 4_000_000);
});

test("a later download moves the average by two fifths", () => {
  assert.equal(averageThroughput(1_000_000, { bytes: 250_000, seconds: 1 }), 1_400_000);
});

test("small files and files from the cache leave the average as it is", () => {
  assert.equal(averageThroughput(1_000_000, { bytes: 59_999, seconds: 1 }), 1_000_000);
  assert.equal(averageThroughput(1_000_000, { bytes: 5_000_000, seconds: 0.005 }), 1_000_000);
});
