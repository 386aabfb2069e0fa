/** The review desk: keys, decisions without leaving the page, the next clip ready before it is needed, undo. */
import { csrfToken } from "../../site/mount.js";
import { loaded, mountPanel } from "./panel.js";

const RENEW_MS = 4 * 60_000;
const root = document.querySelector("[data-desk]");
const UNDO_MS = 1000 * Number(root.dataset.undoSeconds);
const bar = document.querySelector("[data-desk-says]");
const keys = document.querySelector("[data-desk-keys]");
let panel = root.querySelector("[data-desk-panel]");
let controls = mountPanel(panel);
let coming = null;
let later = null;
let undo = null;
let sending = Promise.resolve();
const underWay = new Set(); // codes of clips whose decisions are not answered yet

async function post(address, fields = {}) {
  const response = await fetch(address, {
    method: "POST",
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    keepalive: true,
  }).catch(() => null);
  return {
    ok: Boolean(response?.ok && !response.redirected),
    answer: (await response?.json().catch(() => null)) ?? {},
  };
}

/** Keep the next two clips ready, each hidden and with its video loading; the second starts when the first has loaded. */
function prepare() {
  const here = panel;
  coming = later ?? fetchAfter(here, []);
  later = coming.then(async (next) => next && (await loaded(next), fetchAfter(next, [here.dataset.code])));
}

/** Fetch the panel that follows `before`, or null. It leads on, not back to what will have been decided by then. */
async function fetchAfter(before, decided) {
  const { next: address, code } = before.dataset;
  if (!address) return null;
  const peek = new URLSearchParams([code, ...decided, ...underWay].map((one) => ["peek", one]));
  const response = await fetch(`${address}${address.includes("?") ? "&" : "?"}${peek}`).catch(() => null);
  if (!response?.ok) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const next = holder.content.querySelector("[data-desk-panel]");
  next.hidden = true;
  root.append(next);
  return next;
}

async function goOn(isDecided = false) {
  const leaving = panel;
  if (!leaving.dataset.next) {
    say(root.dataset.wordsNothing);
    if ((await sending)?.ok === false) return;
    return setTimeout(() => (location.href = root.dataset.queue), 1500);
  }
  const next = await coming;
  const isRefused = isDecided && !leaving.dataset.sent; // the answer was quicker than the next clip: stay here
  if (panel !== leaving || isRefused) return;
  if (next) return swap(next);
  if ((await sending)?.ok === false) return;
  location.href = leaving.dataset.next;
}

/** Go on without deciding, and leave the clip to others. */
function skip() {
  post(panel.dataset.lock, { left: 1 });
  goOn();
}

function swap(next) {
  controls.leave();
  panel.remove();
  panel = next;
  panel.hidden = false;
  controls = mountPanel(panel);
  history.pushState({}, "", panel.dataset.here);
  document.querySelector("[data-desk-crumb]").textContent = panel.dataset.code;
  scrollTo(0, 0);
  controls.play();
  const address = panel.dataset.lock;
  sending
    .then(() => post(address, { opened: 1 }))
    .then(({ answer }) => answer.locked_by && say(root.dataset.wordsLocked.replace("{who}", answer.locked_by), true));
  prepare();
}

/** Send the decision and go on at once; the server's answer is told when it comes, with a way back when it refuses. */
async function decide(button) {
  const form = panel.querySelector("[data-desk-form]");
  if (!form || !button || panel.dataset.sent) return;
  const fields = new FormData(form);
  fields.set("action", button.value);
  if (button.value !== "approve" && !fields.get("reason")) return say(root.dataset.wordsReason, true);
  const decided = panel;
  decided.dataset.sent = "yes";
  underWay.add(decided.dataset.code);
  const asked = post(form.getAttribute("action"), fields); // form.action would be the buttons of that name
  sending = asked;
  goOn(true);
  const { ok, answer } = await asked;
  underWay.delete(decided.dataset.code);
  if (!ok) {
    delete decided.dataset.sent;
    return say(answer.detail ?? root.dataset.wordsLost, true, decided === panel ? null : wayBack(decided));
  }
  undo = { address: answer.undo, until: Date.now() + UNDO_MS };
  say(answer.detail, false, undoButton());
}

async function takeBack() {
  if (!undo || Date.now() > undo.until) return;
  const { ok, answer } = await post(undo.address);
  undo = null;
  if (ok) location.href = answer.address;
  else say(answer.detail, true);
}

function say(text, isBad = false, also = null) {
  bar.hidden = false;
  bar.classList.toggle("desk-bar--bad", isBad);
  bar.replaceChildren(`${text} `, ...(also ? [also] : []));
}

function undoButton() {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button",
    textContent: root.dataset.wordsUndo,
  });
  button.addEventListener("click", takeBack);
  setTimeout(() => button.remove(), UNDO_MS);
  return button;
}

function wayBack(refused) {
  return Object.assign(document.createElement("a"), {
    className: "button",
    href: refused.dataset.here,
    textContent: root.dataset.wordsBack,
  });
}

const press = (value) => decide(panel.querySelector(`[data-desk-form] button[value=${value}]`));
const actions = {
  " ": () => controls.toggle(),
  j: () => controls.step(-1000),
  l: () => controls.step(1000),
  t: () => controls.pin(),
  w: () => panel.querySelector("[name=words]")?.focus(),
  a: () => press("approve"),
  c: () => press("request_changes"),
  r: () => (panel.querySelector("button[value=reject]") ? press("reject") : press("remove")),
  b: () => panel.querySelector("[data-beside]")?.click(),
  u: takeBack,
  n: skip,
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (event.key === "Escape") return document.activeElement.blur();
  if (event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])")) return;
  if (event.key === " " && event.target.closest("button, a, summary, video, input")) return;
  const action =
    actions[event.key.toLowerCase()] ?? (/^[1-9]$/.test(event.key) ? () => controls.choose(event.key) : null);
  if (!action) return;
  event.preventDefault();
  action();
});
root.addEventListener("submit", (event) => {
  event.preventDefault();
  decide(event.submitter);
});
root.addEventListener("click", (event) => {
  if (!event.target.closest("[data-desk-skip]")) return;
  event.preventDefault();
  skip();
});
addEventListener("popstate", () => location.reload());
setInterval(() => post(panel.dataset.lock), RENEW_MS);
prepare();
controls.play();
root.dataset.ready = "";
