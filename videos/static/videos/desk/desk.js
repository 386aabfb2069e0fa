/** The review desk: keyboard shortcuts, decisions without leaving the page, the next clip loaded ahead, undo. */
import { closest, find, mountAll } from "../../site/mount.js";
import { Panel } from "./panel.js";
import { Preloader } from "./preloader.js";
import { post } from "./requests.js";
import { mountShortcuts } from "./shortcuts.js";

const RENEW_LOCK_MS = 4 * 60_000;
const LEAVE_AFTER_MS = 1500;

/** @param {HTMLElement} root */
export function mount(root) {
  const desk = new Desk(root);
  mountShortcuts(desk);
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter instanceof HTMLButtonElement) desk.decide(event.submitter.value);
  });
  root.addEventListener("click", (event) => {
    if (!closest(event, "[data-desk-skip]")) return;
    event.preventDefault();
    desk.skip();
  });
  addEventListener("popstate", () => location.reload());
  setInterval(() => desk.renewLock(), RENEW_LOCK_MS);
  desk.start();
  root.dataset.ready = "";
}

export class Desk {
  /** @type {{url: string, until: number} | null} The last decision that can be undone. */
  #undoable = null;
  /** @type {Promise<import("./requests.js").Answer | null>} The latest decision on its way. */
  #sending = Promise.resolve(null);

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.undoMs = 1000 * Number(root.dataset.undoSeconds);
    this.bar = find(document, "[data-desk-says]");
    this.panel = new Panel(find(root, "[data-desk-panel]"));
    this.preloader = new Preloader(root);
  }

  start() {
    this.preloader.prepare(this.panel);
    this.panel.play();
  }

  renewLock() {
    post(this.panel.data.lock);
  }

  /** Go on without a decision, and release the clip's lock. */
  skip() {
    post(this.panel.data.lock, { left: "1" });
    this.#goOn();
  }

  /**
   * Decide as by a click on the button with that value, if there is one.
   * @param {string} action
   */
  press(action) {
    if (this.panel.has(action)) this.decide(action);
  }

  /**
   * Send the decision and go on at once. The server's sentence is shown when it comes; if it refuses, with a link back.
   * @param {string} action  "approve", "request_changes", "reject" or "remove".
   */
  async decide(action) {
    const { panel } = this;
    const { form } = panel;
    if (!form || panel.isSent) return;
    const fields = new FormData(form);
    fields.set("action", action);
    if (action !== "approve" && !fields.get("reason")) {
      this.#say(this.root.dataset.wordsReason, { isBad: true });
      panel.showReasons();
      return;
    }
    panel.isSent = true;
    this.preloader.decided.add(panel.code);
    const sent = post(String(form.getAttribute("action")), fields); // form.action would be the buttons of that name
    this.#sending = sent;
    this.#goOn(true);
    const { ok, body } = await sent;
    this.preloader.decided.delete(panel.code);
    if (ok) {
      this.#undoable = { url: body.undo, until: Date.now() + this.undoMs };
      this.#say(body.detail, { element: this.#makeUndoButton() });
    } else {
      panel.isSent = false;
      const link = panel === this.panel ? undefined : this.#makeLinkBack(panel);
      this.#say(body.detail ?? this.root.dataset.wordsLost, { isBad: true, element: link });
    }
  }

  async undo() {
    if (!this.#undoable || Date.now() > this.#undoable.until) return;
    const { ok, body } = await post(this.#undoable.url);
    this.#undoable = null;
    if (ok) location.href = body.address;
    else this.#say(body.detail, { isBad: true });
  }

  /** Show the next clip, or return to the queue when there is none. */
  async #goOn(isDecided = false) {
    const leaving = this.panel;
    if (!leaving.data.next) {
      this.#say(this.root.dataset.wordsNothing);
      if ((await this.#sending)?.ok === false) return;
      setTimeout(() => (location.href = String(this.root.dataset.queue)), LEAVE_AFTER_MS);
      return;
    }
    const next = await this.preloader.next;
    const isRefused = isDecided && !leaving.isSent; // the server refused before the next clip was loaded: stay here
    if (this.panel !== leaving || isRefused) return;
    if (next) this.#swap(next);
    else if ((await this.#sending)?.ok !== false) location.href = leaving.data.next;
  }

  /** @param {HTMLElement} next  The next clip's panel, loaded ahead. */
  #swap(next) {
    this.panel.remove();
    this.panel = new Panel(next);
    this.panel.element.hidden = false;
    const { here, lock } = this.panel.data;
    history.pushState({}, "", here);
    find(document, "[data-desk-crumb]").textContent = this.panel.code;
    scrollTo(0, 0);
    this.panel.play();
    this.#open(String(lock));
    this.preloader.prepare(this.panel);
  }

  /** @param {string} lockUrl  Lock the clip, once the decision before has been answered. */
  async #open(lockUrl) {
    await this.#sending;
    const { body } = await post(lockUrl, { opened: "1" });
    const { wordsLocked = "" } = this.root.dataset;
    if (body.locked_by) this.#say(wordsLocked.replace("{who}", body.locked_by), { isBad: true });
  }

  /**
   * @param {string | undefined} text
   * @param {{isBad?: boolean, element?: HTMLElement}} [options]
   */
  #say(text = "", { isBad = false, element } = {}) {
    this.bar.hidden = false;
    this.bar.classList.toggle("desk-bar--bad", isBad);
    this.bar.replaceChildren(`${text} `, ...(element ? [element] : []));
  }

  #makeUndoButton() {
    const properties = { type: "button", className: "button", textContent: this.root.dataset.wordsUndo ?? "" };
    const button = Object.assign(document.createElement("button"), properties);
    button.addEventListener("click", () => this.undo());
    setTimeout(() => button.remove(), this.undoMs);
    return button;
  }

  /** @param {Panel} panel */
  #makeLinkBack({ data }) {
    const properties = { className: "button", href: data.here ?? "", textContent: this.root.dataset.wordsBack ?? "" };
    return Object.assign(document.createElement("a"), properties);
  }
}

mountAll("desk", mount);
