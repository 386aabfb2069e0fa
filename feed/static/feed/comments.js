/**
 * The comments of a post in a sheet over the feed. It shows the pages that people without scripts use, and sends their
 * forms, so that both can do the same.
 */
import { closest, find, findAll } from "../site/mount.js";
import { toast } from "./announce.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { message } from "./messages.js";

/** @import { Clip } from "./clips.js" */

const LIST = /^\/c\/[^/]+\/comments\/(\d+\/)?$/;
const PAGE = /^\/(c\/[^/]+\/comments|comments\/\d+|report\/comment\/\d+)\//;

/** @returns {{open: (clip: Clip) => void}} */
export function mountComments() {
  const dialog = find(document, "[data-comments]", HTMLDialogElement);
  const body = find(dialog, "[data-part=page]");
  /** The addresses of the post's comments, of the list that was shown last, and of what is shown now. */
  let home = "";
  let list = "";
  let shown = "";
  let latest = 0;
  let isSending = false;

  /**
   * Fetch a page and show it. The page before stays if this fails.
   * @param {string} url
   * @param {RequestInit} [options]
   */
  async function load(url, options = {}) {
    const number = ++latest;
    body.setAttribute("aria-busy", "true");
    const page = await fetchPage(url, options);
    if (number !== latest) return;
    body.removeAttribute("aria-busy");
    if (!page) return toast(message("failed"));
    if (page.isGone && url !== home) return load(home); // a comment that has just been deleted
    const path = new URL(page.url).pathname;
    if (!PAGE.test(path) && page.isRedirected) return location.assign(page.url); // to the sign-in page
    if (options.method && page.isRedirected && path !== new URL(url, location.href).pathname) {
      await reload(); // the form was sent from the list: a like, a report, a deletion
      return sayAll(page.notices);
    }
    shown = page.url;
    if (LIST.test(path) && !options.method) list = page.url;
    const hadFocus = body.contains(document.activeElement);
    body.replaceChildren(...page.content);
    showPlace(body, new URL(url, location.href).hash, hadFocus);
    sayAll(page.notices);
  }

  /** Show the list again, at the same place. */
  async function reload() {
    const { scrollTop } = body;
    const comment = document.activeElement?.closest(".comment")?.id;
    await load(list);
    body.scrollTop = scrollTop;
    const button = comment && body.querySelector(`#${comment} button`);
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  }

  prepareDialog(dialog);
  dialog.addEventListener("click", (event) => {
    const link = closest(event, "[data-part=page] a[href]");
    if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(link.getAttribute("href") ?? "", shown);
    if (url.origin !== location.origin || !PAGE.test(url.pathname)) return;
    event.preventDefault();
    load(url.href);
  });
  dialog.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const submitter = /** @type {HTMLElement | null} */ (event.submitter);
    if (isSending) return;
    isSending = true; // a disabled button would lose the focus
    const url = new URL(form.getAttribute("action") ?? "", shown);
    const sent = new FormData(form, submitter);
    await load(url.href, { method: "POST", body: sent }).finally(() => (isSending = false));
  });
  return {
    open(clip) {
      const address = new URL(`${clip.url}comments/`, location.href).href;
      const isTyped = findAll(body, "textarea", HTMLTextAreaElement).some((field) => field.value.trim());
      openDialog(dialog);
      if (address === home && isTyped) return; // what was typed is still there
      home = list = address;
      body.replaceChildren();
      load(home);
    },
  };
}

/**
 * @typedef {object} CommentPage
 * @property {string} url  After redirects.
 * @property {boolean} isRedirected
 * @property {boolean} isGone
 * @property {Element[]} content
 * @property {string[]} notices
 */

/**
 * @param {string} url
 * @param {RequestInit} options
 * @returns {Promise<CommentPage | null>}  Null if the server can't be reached, or answers with an error of its own.
 */
async function fetchPage(url, options) {
  const response = await fetch(url, { credentials: "same-origin", ...options }).catch(() => null);
  const isPage = response?.headers.get("Content-Type")?.startsWith("text/html");
  if (!response || !isPage || response.status >= 500) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("[data-sheet-part]") ?? page.querySelector("#content");
  if (!main) return null;
  for (const unused of findAll(main, "script, [data-draft-notice]")) unused.remove();
  return {
    url: response.url,
    isRedirected: response.redirected,
    isGone: response.status === 404,
    content: [...main.children],
    notices: findAll(page, ".messages > li").map((line) => (line.textContent ?? "").trim()),
  };
}

/** @param {string[]} notices */
function sayAll(notices) {
  if (notices.length) toast(notices.join(" "));
}

/**
 * Move to the part of a page that its address names, or to its beginning.
 * @param {HTMLElement} body
 * @param {string} hash
 * @param {boolean} hadFocus  Whether what had the focus was replaced.
 */
function showPlace(body, hash, hadFocus) {
  const place = hash ? body.querySelector(hash) : null;
  const field = place?.querySelector("textarea");
  body.scrollTop = 0;
  place?.scrollIntoView({ block: "nearest" });
  if (field) field.focus();
  else if (hadFocus) body.focus({ preventScroll: true });
}
