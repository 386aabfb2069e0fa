/** Keeps what is typed into a form as a draft in this browser, and puts it back when the form is opened again. */
import {
  dropAllDrafts,
  dropDraft,
  fillForm,
  keepDraft,
  markSent,
  readDraft,
  settleDrafts,
  typedFields,
} from "./drafts.js";
import { find, mountAll } from "./mount.js";

const KEEP_AFTER_MS = 300;

/** @param {HTMLElement} notice  Inside the form. */
export function mount(notice) {
  const form = /** @type {HTMLFormElement} */ (notice.closest("form"));
  const path = new URL(form.getAttribute("action") || location.href, location.href).pathname;
  const key = `${notice.dataset.draftOwner}:${path}`;
  const draft = readDraft(key);
  const wasRefused = form.querySelector(".field--wrong, .errornote") !== null;
  if (draft && !wasRefused) notice.hidden = !fillForm(form, draft);
  if (draft && !notice.hidden && "swaps" in form.dataset) {
    // The draft's country may have other fields, and another total. swaps.js, which is loaded later, asks for them.
    form.dataset.swaps = "filled";
    const fillAgain = () => {
      const region = fillForm(form, draft) && form.querySelector("[name=region]");
      if (region) region.dispatchEvent(new Event("change", { bubbles: true }));
    };
    form.addEventListener("swapped", fillAgain, { once: true });
  }
  find(notice, "button").addEventListener("click", () => {
    dropDraft(key);
    form.reset();
    notice.hidden = true;
  });

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const keep = () => keepDraft(key, typedFields(form, notice.dataset.draftFields));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    keep();
    markSent(key, path);
  });
}

/** @param {HTMLFormElement} form */
export function mountSignOut(form) {
  form.addEventListener("submit", dropAllDrafts);
}

settleDrafts();
mountAll("draft-notice", mount);
mountAll("forgets-drafts", mountSignOut);
