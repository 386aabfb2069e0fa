import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, NetworkError } from "../../feed/static/feed/api.js";
import { OrderKeys } from "../../feed/static/feed/order-keys.js";

/**
 * Send an order, and return its key.
 * @param {OrderKeys} keys
 * @param {string} slug
 * @param {Error} [failure]
 */
async function keyOf(keys, slug, failure) {
  let key = "";
  const sent = keys.send(slug, async (headers) => {
    key = headers["Idempotency-Key"];
    if (failure) throw failure;
  });
  await (failure ? assert.rejects(sent, failure) : sent);
  return key;
}

/** @type {[string, Error | undefined, boolean][]} */
const CASES = [
  ["a lost connection", new NetworkError("lost"), true],
  ["a broken server", new ApiError(502, null), true],
  ["a payment service that is down", new ApiError(503, { detail: "Later." }), true],
  ["a payment that may be tried again", new ApiError(402, { detail: "Refused." }), true],
  ["a declined card of a placed order", new ApiError(402, { code: "AB12" }), false],
  ["a wrong field", new ApiError(400, {}), false],
  ["a new total", new ApiError(409, {}), false],
  ["another order with this key", new ApiError(422, {}), false],
  ["success", undefined, false],
];

for (const [name, failure, isSame] of CASES) {
  test(`after ${name} the next order of the product has ${isSame ? "the same" : "another"} key`, async () => {
    const keys = new OrderKeys();
    const first = await keyOf(keys, "mug", failure);
    assert.notEqual(await keyOf(keys, "cup"), first);
    assert.equal((await keyOf(keys, "mug")) === first, isSame);
  });
}
