/** Subscribing this browser to notifications, and ending that. The section stays hidden where browsers cannot. */

import { csrfToken, find, mountAll } from "../site/mount.js";

/**
 * What counts is whether the shop knows this session: the browser keeps its subscription when somebody signs out.
 * @param {HTMLElement} section
 */
export async function mount(section) {
  if (!("serviceWorker" in navigator && "PushManager" in window)) return;
  const { worker = "", endpoint = "", pushKey = "" } = section.dataset;
  const registration = await navigator.serviceWorker.register(worker);
  const [state, on, off] = ["state", "on", "off"].map((name) => find(section, `[data-part=${name}]`));

  const show = async () => {
    const isOn = section.dataset.subscribed === "yes" && Boolean(await registration.pushManager.getSubscription());
    const isDenied = Notification.permission === "denied";
    state.textContent = state.dataset[isDenied ? "denied" : isOn ? "on" : "off"] ?? "";
    on.hidden = isOn || isDenied;
    off.hidden = !isOn;
    section.hidden = false;
  };

  on.addEventListener("click", async () => {
    const options = { userVisibleOnly: true, applicationServerKey: pushKey };
    const subscription = await registration.pushManager.subscribe(options).catch(() => null);
    const isStored = subscription && (await store(endpoint, subscription));
    if (subscription && !isStored) await subscription.unsubscribe();
    section.dataset.subscribed = isStored ? "yes" : "no";
    await show();
  });
  off.addEventListener("click", async () => {
    const subscription = await registration.pushManager.getSubscription();
    if (subscription) await Promise.all([subscription.unsubscribe(), drop(endpoint, subscription.endpoint)]);
    await show();
  });
  await show();
}

/**
 * Return whether the shop took the subscription.
 * @param {string} url
 * @param {PushSubscription} subscription
 */
async function store(url, subscription) {
  const { keys = {} } = subscription.toJSON();
  const body = { endpoint: subscription.endpoint, public_key: keys.p256dh, auth_secret: keys.auth };
  return send(url, "PUT", JSON.stringify(body));
}

/**
 * @param {string} url
 * @param {string} endpoint
 */
function drop(url, endpoint) {
  return send(`${url}?endpoint=${encodeURIComponent(endpoint)}`, "DELETE");
}

/**
 * Return whether the request was accepted.
 * @param {string} url
 * @param {string} method
 * @param {string} [body]
 */
async function send(url, method, body) {
  const headers = { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers, body }).catch(() => null);
  return response?.ok ?? false;
}

mountAll("push-key", mount);
