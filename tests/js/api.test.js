import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ApiError, NetworkError, isRequestError, request } from "../../feed/static/feed/api.js";

const { fetch } = globalThis;

/** @param {() => Promise<Response>} answer */
const answerWith = (answer) => Object.assign(globalThis, { fetch: answer });

beforeEach(() => Object.assign(globalThis, { document: { cookie: "" } }));
afterEach(() => Object.assign(globalThis, { fetch }));

test("a lost connection is a failed request", async () => {
  answerWith(() => Promise.reject(new TypeError("Failed to fetch")));
  await assert.rejects(request("GET", "/"), (error) => error instanceof NetworkError && isRequestError(error));
});

test("a refusal is a failed request, with the server's sentence", async () => {
  answerWith(async () => Response.json({ detail: "No." }, { status: 409 }));
  await assert.rejects(request("GET", "/"), (error) => error instanceof ApiError && error.message === "No.");
  assert.ok(isRequestError(new ApiError(500, null)));
});

test("an error in the code is not a failed request", () => {
  assert.ok(!isRequestError(new TypeError("Cannot read properties of null")));
});
