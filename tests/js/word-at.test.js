import assert from "node:assert/strict";
import { test } from "node:test";
import { wordAt } from "../../feedsite/static/site/word-at.js";

/** @param {string} text  With the cursor at its end. */
const at = (text) => wordAt(text, text.length);

test("the word with a sign that ends at the cursor is found", () => {
  assert.deepEqual(at("My #Sum"), { sign: "#", typed: "Sum", start: 3 });
  assert.deepEqual(at("@"), { sign: "@", typed: "", start: 0 });
  assert.deepEqual(at("(@maya.b"), { sign: "@", typed: "maya.b", start: 1 });
  assert.deepEqual(at("קפה #צה״ל"), { sign: "#", typed: "צה״ל", start: 4 });
  assert.deepEqual(at("＃می\u200cخو"), { sign: "#", typed: "می\u200cخو", start: 0 });
});

test("only what stands before the cursor counts", () => {
  assert.deepEqual(wordAt("#summer and #sea", 4), { sign: "#", typed: "sum", start: 0 });
  assert.equal(wordAt("#summer and #sea", 8), null);
});

test("a bare number sign, an address and an email are no such word", () => {
  for (const text of ["#", "a#b", "&#39", "https://x.example/#part", "ann@example", "##a", "", "#sum mer"])
    assert.equal(at(text), null, text);
});
