/** Saves what is typed as a draft, shortly after the last key press and when the page is left. */
import { find, mountAll } from "../site/mount.js";

const SAVE_AFTER_MS = 1000;
const RETRY_AFTER_MS = 5000;
/** Files are uploaded on their own. */
const FILE_FIELDS = ["file", "captions_file"];

/** @param {HTMLFormElement} form */
export function mount(form) {
  const status = find(form, "[data-autosave-says]");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isDirty = false;

  async function save({ isLeaving = false } = {}) {
    clearTimeout(timer);
    isDirty = false;
    const body = new FormData(form);
    for (const name of FILE_FIELDS) body.delete(name);
    body.set("autosave", "1");
    try {
      const response = await fetch(location.href, { method: "POST", body, redirect: "manual", keepalive: isLeaving });
      if (response.status >= 500) throw new Error(String(response.status));
      status.textContent = response.status === 204 ? String(status.dataset.kept) : "";
    } catch {
      status.textContent = String(status.dataset.notKept);
      saveAfter(RETRY_AFTER_MS);
    }
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
    isDirty = false;
  });
  addEventListener("pagehide", () => isDirty && save({ isLeaving: true }));
}

mountAll("autosave", mount);
