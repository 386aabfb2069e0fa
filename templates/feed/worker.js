/*
 * Keeps the page that is shown without a connection, and copies of the signed-in person's bag, orders and saved clips.
 * The copies are deleted as soon as a page is of another account or of nobody. Everything else goes to the network.
 * Shows the notifications that are pushed to this browser.
 */
const CACHE_NAME = "offline-{{ digest }}-{{ language }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const COPIES = "copies-";
const COPIED = [{% for path in copied %}"{{ path|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const ORDER = /^\/orders\/[A-Za-z0-9-]+\/$/;
const MOST_COPIES = 30;
const REFRESH_MS = 10 * 60 * 1000;
const READABLE_MS = 7 * 24 * 60 * 60 * 1000; // a copy is not shown for longer than people stay signed in
const COPIED_AT = "X-Copied-At";
let account = null;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE_NAME).then((cache) => cache.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const deleteOldCaches = async () => {
    for (const name of await caches.keys()) if (name.startsWith("offline-") && name !== CACHE_NAME) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(deleteOldCaches());
});

addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method === "POST" && pathname === "{% url 'account_logout' %}") event.waitUntil(forget());
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate") {
    event.respondWith(navigate(event));
  } else if (FILES.includes(pathname)) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request)));
  }
});

addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(registration.showNotification(title, { body, tag, data: { url }, lang: "{{ language }}" }));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.openWindow(event.notification.data.url));
});

async function navigate(event) {
  try {
    const response = await fetch(event.request);
    if (response.type === "basic") event.waitUntil(keep(event.request.url, response.clone()));
    return response;
  } catch {
    return (await readCopy(event.request.url)) ?? caches.match(FILES[0]);
  }
}

/* Deletes the copies of others, and keeps this page if it is one of those to be read without a connection. */
async function keep(url, response) {
  const owner = response.headers.get("X-Account");
  if (!owner) return;
  account = owner;
  await forget(COPIES + owner);
  if (owner === "none") return;
  await store(url, response, owner);
  for (const path of COPIED) {
    const copy = await caches.match(path, { cacheName: COPIES + owner });
    if (copy && age(copy) < REFRESH_MS) continue;
    const fresh = await fetch(path, { redirect: "error", headers: { "X-Copy": "1" } }).catch(() => null);
    if (fresh) await store(new URL(path, location.href).href, fresh, fresh.headers.get("X-Account"));
  }
}

/* Deletes all copies but those in the cache with the given name. */
async function forget(kept = "") {
  for (const name of await caches.keys()) if (name.startsWith(COPIES) && name !== kept) await caches.delete(name);
}

const age = (copy) => Date.now() - Number(copy.headers.get(COPIED_AT));

async function store(url, response, owner) {
  const { pathname, search } = new URL(url);
  const isCopied = (COPIED.includes(pathname) && !search) || ORDER.test(pathname);
  if (!isCopied || !response.ok || owner !== account) return;
  const cache = await caches.open(COPIES + owner);
  const headers = new Headers(response.headers);
  headers.set(COPIED_AT, String(Date.now()));
  await cache.put(pathname, new Response(await response.blob(), { headers }));
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_COPIES))) await cache.delete(old);
  await forget(COPIES + account); // somebody may have signed out meanwhile
}

/* Returns the copy of a page with a sentence that says that it is one. */
async function readCopy(url) {
  const { pathname } = new URL(url);
  for (const name of await caches.keys()) {
    const copy = name.startsWith(COPIES) ? await (await caches.open(name)).match(pathname) : undefined;
    if (!copy || age(copy) > READABLE_MS) continue;
    const html = (await copy.text()).replace("data-offline-copy hidden", "data-offline-copy");
    return new Response(html, { headers: copy.headers });
  }
  return undefined;
}
