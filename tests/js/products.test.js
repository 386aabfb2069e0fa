import assert from "node:assert/strict";
import { test } from "node:test";
import { cueAt, LINGER_MS } from "../../feed/static/feed/product-cues.js";
import { clampQuantity } from "../../feed/static/feed/quantity.js";

const TAGS = [
  { start_ms: 0, end_ms: 2000 },
  { start_ms: 2000, end_ms: 4000 },
];

test("the product whose span holds the moment is shown", () => {
  assert.equal(cueAt(TAGS, 0), 0);
  assert.equal(cueAt(TAGS, 3999), 1);
});

test("of two products the later one is shown", () => {
  assert.equal(cueAt(TAGS, 2000), 1);
});

test("a card stays a moment longer than its product, and then none is shown", () => {
  assert.equal(cueAt(TAGS, 4000 + LINGER_MS - 1), 1);
  assert.equal(cueAt(TAGS, 4000 + LINGER_MS), -1);
});

test("before the first product none is shown", () => {
  assert.equal(cueAt([{ start_ms: 1000, end_ms: 2000 }], 999), -1);
});

test("a quantity stays between one and the shop's limit", () => {
  assert.deepEqual(clampQuantity(0, 20, null), { quantity: 1, max: 20 });
  assert.deepEqual(clampQuantity(21, 20, null), { quantity: 20, max: 20 });
});

test("no more can be chosen than are left", () => {
  assert.deepEqual(clampQuantity(5, 20, 3), { quantity: 3, max: 3 });
});

test("of a product that is sold out one stays chosen", () => {
  assert.deepEqual(clampQuantity(2, 20, 0), { quantity: 1, max: 0 });
});
