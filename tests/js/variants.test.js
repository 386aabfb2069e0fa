import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseInitially, findVariant, isSoldOut, listValues } from "../../catalog/static/catalog/variants.js";

/**
 * @param {number} id
 * @param {string[]} options
 * @param {boolean} [is_in_stock]
 */
const variant = (id, options, is_in_stock = true) => ({ id, options, is_in_stock });

const SHIRT = [
  variant(1, ["Blue", "S"]),
  variant(2, ["Blue", "M"], false),
  variant(3, ["Red", "M"]),
  variant(4, ["Red", "L"]),
];
const NAMES = ["Colour", "Size"];

test("values are listed once, in the order of the variants", () => {
  assert.deepEqual(listValues(SHIRT, 0), ["Blue", "Red"]);
  assert.deepEqual(listValues(SHIRT, 1), ["S", "M", "L"]);
});

test("a variant is meant once a value is chosen for each option", () => {
  assert.equal(findVariant(SHIRT, ["Red", null]), undefined);
  assert.equal(findVariant(SHIRT, ["Red", "L"])?.id, 4);
  assert.equal(findVariant(SHIRT, ["Blue", "L"]), undefined);
});

test("a value is sold out together with what is chosen for the other options", () => {
  assert.equal(isSoldOut(SHIRT, [null, null], 1, "M"), false);
  assert.equal(isSoldOut(SHIRT, ["Blue", null], 1, "M"), true);
  assert.equal(isSoldOut(SHIRT, ["Blue", "S"], 1, "L"), true); // there is no such variant
});

test("the only variant in stock is chosen", () => {
  const [small, medium] = [variant(1, ["S"]), variant(2, ["M"], false)];
  assert.deepEqual(chooseInitially([small, medium], ["Size"], {}), ["S"]);
});

test("the last size is chosen if it can be bought", () => {
  assert.deepEqual(chooseInitially(SHIRT, NAMES, { size: ["l"] }), [null, "L"]);
  assert.deepEqual(chooseInitially(SHIRT, NAMES, { colour: ["red"], size: ["m"] }), ["Red", "M"]);
  assert.deepEqual(chooseInitially(SHIRT, NAMES, { colour: ["blue"], size: ["m"] }), ["Blue", null]);
  assert.deepEqual(chooseInitially(SHIRT, NAMES, { size: ["xl"], height: ["2 m"] }), [null, null]);
});

test("the newest of several sizes that the product has and that can be bought is chosen", () => {
  assert.deepEqual(chooseInitially(SHIRT, NAMES, { colour: ["Blue"], size: ["42", "M", " s "] }), ["Blue", "S"]);
});

test("an option with one value needs no choice", () => {
  const cups = [variant(1, ["White", "S"]), variant(2, ["White", "L"])];
  assert.deepEqual(chooseInitially(cups, NAMES, {}), ["White", null]);
});
