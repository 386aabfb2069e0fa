import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeMetadata, isTransient, retryDelay } from "../../videos/static/videos/tus-protocol.js";

test("metadata is Base64 of UTF-8", () => {
  assert.equal(encodeMetadata({ filename: "holiday.mp4", clip: "k3v9" }), "filename aG9saWRheS5tcDQ=,clip azN2OQ==");
  assert.equal(encodeMetadata({ filename: "é.mp4" }), "filename w6kubXA0");
});

test("restarts and lost races are transient, refusals are not", () => {
  for (const status of [404, 409, 423, 460, 500, 502, 503, 504]) assert.ok(isTransient(status), String(status));
  for (const status of [400, 401, 403, 413, 415, 422, 429, 507]) assert.ok(!isTransient(status), String(status));
});

test("retries wait longer and longer, up to fifteen seconds", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 40].map(retryDelay), [500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});
