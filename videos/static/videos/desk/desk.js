/** The review desk: keys, decisions without leaving the page, the next clip ready before it is needed, undo. */
import { csrfToken } from "../../site/mount.js";
import { mountPanel } from "./panel.js";

const RENEW_MS = 4 * 60_000;
const UNDO_MS = 30_000;
const root = document.querySelector("[data-desk]");
const bar = document.querySelector("[data-desk-says]");
const keys = document.querySelector("[data-desk-keys]");
let panel = root.querySelector("[data-desk-panel]");
let controls = mountPanel(panel);
let ready = null;
let undo = null;
let busy = false;

async function post(address, fields = {}) {
  const response = await fetch(address, {
    method: "POST",
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
  });
  return { ok: response.ok && !response.redirected, answer: await response.json().catch(() => ({})) };
}

/** Fetch the next clip's panel, hidden, and let its video load. */
async function prepare() {
  ready = null;
  const address = panel.dataset.next;
  if (!address) return;
  const response = await fetch(`${address}${address.includes("?") ? "&" : "?"}peek=1`).catch(() => null);
  if (!response?.ok) return;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const next = holder.content.querySelector("[data-desk-panel]");
  next.hidden = true;
  root.append(next);
  ready = next;
}

async function goOn() {
  if (!panel.dataset.next) {
    say(root.dataset.wordsNothing);
    return setTimeout(() => (location.href = root.dataset.queue), 1500);
  }
  if (!ready) return (location.href = panel.dataset.next);
  swap(ready);
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
  post(panel.dataset.lock, { opened: 1 }).then(({ answer }) => answer.locked_by && say(root.dataset.wordsLocked.replace("{who}", answer.locked_by), true));
  prepare();
}

async function decide(button) {
  const form = panel.querySelector("[data-desk-form]");
  if (busy || !form || !button) return;
  busy = true;
  const fields = new FormData(form);
  fields.set("action", button.value);
  const { ok, answer } = await post(form.getAttribute("action"), fields); // form.action would be the buttons of that name
  busy = false;
  if (!ok) return say(answer.detail ?? "?", true);
  undo = { address: answer.undo, until: Date.now() + UNDO_MS };
  await goOn();
  say(answer.detail, false, true);
}

async function takeBack() {
  if (!undo || Date.now() > undo.until) return;
  const { ok, answer } = await post(undo.address);
  undo = null;
  if (ok) location.href = answer.address;
  else say(answer.detail, true);
}

function say(text, isBad = false, offersUndo = false) {
  bar.hidden = false;
  bar.classList.toggle("desk-bar--bad", isBad);
  bar.textContent = `${text} `;
  if (!offersUndo) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: root.dataset.wordsUndo });
  button.addEventListener("click", takeBack);
  bar.append(button);
  setTimeout(() => button.remove(), UNDO_MS);
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
  u: takeBack,
  n: goOn,
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  if (event.key === "Escape") return document.activeElement.blur();
  if (event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])")) return;
  if (event.key === " " && event.target.closest("button, a, summary, video, input")) return;
  const action = actions[event.key.toLowerCase()] ?? (/^[1-9]$/.test(event.key) ? () => controls.choose(event.key) : null);
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
  goOn();
});
addEventListener("popstate", () => location.reload());
setInterval(() => post(panel.dataset.lock), RENEW_MS);
prepare();
