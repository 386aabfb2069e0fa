import assert from "node:assert/strict";
import { test } from "node:test";

import { ViewTime } from "../../feed/static/feed/view-time.js";

test("only the time in which a post is visible counts", () => {
  const view = new ViewTime();
  assert.equal(view.at(500), 0);
  view.turn(true, 1000);
  assert.equal(view.at(1500), 500);
  view.turn(false, 2000);
  assert.equal(view.at(9000), 1000);
  view.turn(true, 10_000);
  view.turn(true, 10_500); // told twice
  assert.equal(view.at(11_000), 2000);
});
