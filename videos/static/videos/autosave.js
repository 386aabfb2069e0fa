/**
 * Saves what is typed as a draft, shortly after the last key press and when the page is left. While the server doesn't
 * take it, because the session has expired or the connection is gone, it is kept in this browser.
 */
import { dropDraft, keepDraft, readDraft } from "../site/drafts.js";
import { csrfToken, find, mountAll } from "../site/mount.js";

const SAVE_AFTER_MS = 1000;
const RETRY_AFTER_MS = 5000;
/** Files are uploaded on their own. */
const FILE_FIELDS = ["file", "captions_file", "pictures"];

/** @param {HTMLFormElement} form */
export function mount(form) {
  const status = find(form, "[data-autosave-says]");
  const key = `${form.dataset.draftOwner}:${location.pathname}`;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isDirty = false;

  async function save({ isLeaving = false } = {}) {
    clearTimeout(timer);
    isDirty = false;
    const body = draftOf(form);
    try {
      const response = await post(location.href, body, isLeaving);
      if (response.status >= 500) throw new Error(String(response.status));
      const isSignedOut = response.type === "opaqueredirect" || response.status === 403;
      if (isSignedOut) keepDraft(key, textFields(body));
      else dropDraft(key);
      status.textContent = response.status === 204 ? String(status.dataset.kept) : "";
      if (isSignedOut) status.textContent = String(status.dataset.signedOut);
    } catch {
      keepDraft(key, textFields(body));
      status.textContent = String(status.dataset.notKept);
      saveAfter(RETRY_AFTER_MS);
    }
  }

  /** Send what this browser has kept, now that its owner is signed in again, and open the saved draft. */
  async function sendKept() {
    if ("saved" in form.dataset) return dropDraft(key); // this page is the server's answer to it
    const fields = readDraft(key);
    if (!fields) return;
    const body = new FormData();
    for (const [name, value] of fields) body.append(name, value);
    body.set("csrfmiddlewaretoken", csrfToken());
    const response = await post(location.href, body, false);
    if (response.status !== 204 && response.status !== 409) return;
    dropDraft(key);
    const edit = String(form.dataset.editUrl).replace("CODE", String(body.get("code")));
    if (response.status === 204) location.replace(edit);
  }

  /** @param {number} milliseconds */
  function saveAfter(milliseconds) {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  form.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.type !== "file") saveAfter(SAVE_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    if (isDirty) keepDraft(key, textFields(draftOf(form)));
    isDirty = false;
  });
  addEventListener("pagehide", () => isDirty && save({ isLeaving: true }));
  sendKept();
}

/**
 * @param {string} url
 * @param {FormData} body
 * @param {boolean} isLeaving
 */
function post(url, body, isLeaving) {
  return fetch(url, { method: "POST", body, redirect: "manual", keepalive: isLeaving });
}

/** @param {HTMLFormElement} form */
function draftOf(form) {
  const body = new FormData(form);
  for (const name of FILE_FIELDS) body.delete(name);
  body.set("autosave", "1");
  return body;
}

/**
 * @param {FormData} body
 * @returns {[string, string][]}
 */
function textFields(body) {
  return [...body].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
}

mountAll("autosave", mount);
