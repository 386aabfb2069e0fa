import assert from "node:assert/strict";
import { test } from "node:test";
import { EventQueue, MAX_BATCH, MAX_STORED } from "../../feed/static/feed/event-queue.js";

/** @param {number} count */
const queueOf = (count) => {
  return new EventQueue(Array.from({ length: count }, (_, index) => ({ token: `t${index}`, kind: "impression" })));
};

test("events wait in the order in which they happened", () => {
  const queue = new EventQueue();
  queue.add({ token: "a", kind: "impression" });
  queue.add({ token: "b", kind: "impression" });
  assert.deepEqual(
    queue.events.map(({ token }) => token),
    ["a", "b"],
  );
});

test("a longer watch of the same showing replaces the shorter one", () => {
  const queue = new EventQueue();
  queue.add({ token: "a", kind: "watch", value: 1000 });
  queue.add({ token: "a", kind: "watch", value: 2500 });
  assert.deepEqual(queue.events, [{ token: "a", kind: "watch", value: 2500 }]);
});

test("events about different products of one clip are all kept", () => {
  const queue = new EventQueue();
  queue.add({ token: "a", kind: "product_open", product: "mug" });
  queue.add({ token: "a", kind: "product_open", product: "lamp" });
  assert.equal(queue.length, 2);
});

test("an event without a token is refused", () => {
  const queue = new EventQueue();
  assert.equal(queue.add({ token: "", kind: "impression" }), false);
  assert.equal(queue.length, 0);
});

test("batches are no larger than the API accepts, and hold every event", () => {
  const sizes = queueOf(2 * MAX_BATCH + 1)
    .batches()
    .map((batch) => batch.length);
  assert.deepEqual(sizes, [MAX_BATCH, MAX_BATCH, 1]);
  assert.deepEqual(new EventQueue().batches(), []);
});

test("what the server received leaves the queue, what was replaced meanwhile stays", () => {
  const queue = new EventQueue();
  queue.add({ token: "a", kind: "impression" });
  queue.add({ token: "a", kind: "watch", value: 1000 });
  const [sent] = queue.batches();
  queue.add({ token: "a", kind: "watch", value: 2000 });
  queue.remove(sent);
  assert.deepEqual(queue.events, [{ token: "a", kind: "watch", value: 2000 }]);
});

test("only the newest events are stored", () => {
  const stored = queueOf(MAX_STORED + 3).newest();
  assert.equal(stored.length, MAX_STORED);
  assert.equal(stored[0].token, "t3");
});
