import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/* The little of a browser that the module touches. */
class StubElement {
  /** @type {Record<string, string>} */
  dataset = {};
  /** @type {any} */
  querySelector;
  /** @type {any} */
  press;
  hidden = false;
  textContent = "";
  /**
   * @param {string} _name
   * @param {any} listener
   */
  addEventListener(_name, listener) {
    this.press = listener;
  }
}

/** @type {any[]} */
const requests = [];
/** @type {any} */
let subscription = null;
const page = { permission: "default" };
let accepts = true;
const pushManager = {
  getSubscription: async () => subscription,
  subscribe: async () => (subscription = makeSubscription()),
};

function makeSubscription() {
  return {
    endpoint: "https://push.example.net/1",
    toJSON: () => ({ keys: { p256dh: "point", auth: "secret" } }),
    unsubscribe: async () => (subscription = null),
  };
}

const fake = {
  HTMLElement: StubElement,
  Element: StubElement,
  Notification: page,
  window: { PushManager: {} },
  document: { cookie: "csrftoken=abc", querySelectorAll: () => [] },
  navigator: { serviceWorker: { register: async () => ({ pushManager }) } },
  /**
   * @param {string} url
   * @param {any} options
   */
  fetch: async (url, options) => {
    requests.push({ url, method: options.method, body: options.body });
    return { ok: accepts };
  },
};
for (const [name, value] of Object.entries(fake))
  Object.defineProperty(globalThis, name, { value, configurable: true });
const { mount } = await import("../../social/static/social/push.js");

/** @returns {any} */
function makeSection() {
  /** @type {Record<string, StubElement>} */
  const parts = { state: new StubElement(), on: new StubElement(), off: new StubElement() };
  parts.state.dataset = { on: "shown", off: "not shown", denied: "blocked" };
  const section = new StubElement();
  section.hidden = true;
  section.dataset = { worker: "/worker.js", endpoint: "/api/browser/", pushKey: "key" };
  section.querySelector = (/** @type {string} */ selector) => parts[selector.match(/part=(\w+)/)?.[1] ?? ""];
  return { section, ...parts };
}

beforeEach(() => {
  requests.length = 0;
  subscription = null;
  accepts = true;
  page.permission = "default";
});

test("a browser is subscribed and unsubscribed", async () => {
  const { section, state, on, off } = makeSection();
  await mount(section);
  assert.deepEqual([section.hidden, state.textContent, on.hidden, off.hidden], [false, "not shown", false, true]);
  await on.press();
  assert.deepEqual(
    [requests[0].method, JSON.parse(requests[0].body)],
    ["PUT", { endpoint: "https://push.example.net/1", public_key: "point", auth_secret: "secret" }],
  );
  assert.deepEqual([state.textContent, on.hidden, off.hidden], ["shown", true, false]);
  await off.press();
  assert.equal(requests[1].url, "/api/browser/?endpoint=https%3A%2F%2Fpush.example.net%2F1");
  assert.deepEqual([requests[1].method, state.textContent, subscription], ["DELETE", "not shown", null]);
});

test("a subscription of somebody who signed out does not count", async () => {
  subscription = makeSubscription();
  const { section, state, on } = makeSection();
  await mount(section);
  assert.deepEqual([state.textContent, on.hidden], ["not shown", false]);
});

test("a subscription that the shop refuses is given up", async () => {
  const { section, state, on } = makeSection();
  await mount(section);
  accepts = false;
  await on.press();
  assert.deepEqual([subscription, state.textContent], [null, "not shown"]);
});

test("a browser that blocks notifications says so", async () => {
  page.permission = "denied";
  const { section, state, on } = makeSection();
  await mount(section);
  assert.deepEqual([state.textContent, on.hidden], ["blocked", true]);
});
