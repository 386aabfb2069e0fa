import assert from "node:assert/strict";
import { test } from "node:test";
import { errorText } from "../../feed/static/feed/errors.js";
import { formatMoney } from "../../feed/static/feed/money.js";
import { fillPlaceholders } from "../../feed/static/feed/placeholders.js";

test("amounts are written by the currency's own decimals", () => {
  assert.equal(formatMoney(1999, "USD", "en"), "$19.99");
  assert.equal(formatMoney(1999, "JPY", "en"), "¥1,999");
  assert.equal(formatMoney(1500, "KWD", "en").replace(/\s/, " "), "KWD 1.500");
});

test("amounts have Latin digits in Arabic", () => {
  assert.match(formatMoney(1999, "USD", "ar"), /19\.99/);
});

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
    errorText({ address: { city: ["Enter a town."] }, email: ["Enter an e-mail."] }),
    "Enter a town. Enter an e-mail.",
  );
});

test("a body without sentences is empty text", () => {
  assert.equal(errorText({}), "");
  assert.equal(errorText(null), "");
  assert.equal(errorText({ code: 3 }), "");
});
