import assert from "node:assert/strict";
import { test } from "node:test";
import { MIN_SPAN_MS, moveEdge, suggestSpan } from "../../videos/static/videos/span.js";

const SPAN = { start: 1000, end: 3000 };

test("an edge moves within the clip", () => {
  assert.equal(moveEdge("start", 1500, SPAN, 6000), 1500);
  assert.equal(moveEdge("start", -100, SPAN, 6000), 0);
  assert.equal(moveEdge("end", 7000, SPAN, 6000), 6000);
});

test("edges never meet", () => {
  assert.equal(moveEdge("start", 5000, SPAN, 6000), SPAN.end - MIN_SPAN_MS);
  assert.equal(moveEdge("end", 0, SPAN, 6000), SPAN.start + MIN_SPAN_MS);
});

test("the end of an odd length is rounded down to a tenth of a second", () => {
  assert.equal(moveEdge("end", 5990, SPAN, 5987), 5900);
});

test("three seconds from the current position are suggested", () => {
  assert.deepEqual(suggestSpan(1000, 10_000), { start: 1000, end: 4000 });
});

test("near the end the last two seconds are suggested", () => {
  assert.deepEqual(suggestSpan(9900, 10_000), { start: 8000, end: 10_000 });
});

test("of a clip shorter than that all of it is suggested", () => {
  assert.deepEqual(suggestSpan(500, 1500), { start: 0, end: 1500 });
});
