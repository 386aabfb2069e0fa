import assert from "node:assert/strict";
import { test } from "node:test";
import { errorText } from "../../feed/static/feed/errors.js";
import { fillPlaceholders } from "../../feed/static/feed/placeholders.js";

test("placeholders are filled in wherever they occur", () => {
  assert.equal(fillPlaceholders("{name} and {name}: {count}", { name: "Mug", count: 0 }), "Mug and Mug: 0");
});

test("a placeholder without a value stays", () => {
  assert.equal(fillPlaceholders("/clips/{code}/", {}), "/clips/{code}/");
});

test("a value that looks like a placeholder is not filled in again", () => {
  assert.equal(fillPlaceholders("{caption}", { caption: "{name}", name: "Mug" }), "{name}");
});

test("sentences of an error body are joined, nested or not", () => {
  assert.equal(errorText({ detail: "Sold out." }), "Sold out.");
  assert.equal(
    errorText({ address: { city: ["Enter a town."] }, email: ["Enter an email."] }),
    "Enter a town. Enter an email.",
  );
});

test("a body without sentences is empty text", () => {
  assert.equal(errorText({}), "");
  assert.equal(errorText(null), "");
  assert.equal(errorText({ code: 3 }), "");
});
