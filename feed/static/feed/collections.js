/** The sheet that adds a clip to the user's collections, which also saves it, or removes it from the saved clips. */
import { find } from "../site/mount.js";
import { toast } from "./announce.js";
import { ApiError, attempt, isRequestError, request } from "./api.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { errorText } from "./errors.js";
import { sendChoice, toggleMark } from "./marks.js";
import { message } from "./messages.js";
import { showMarks } from "./slide.js";

/** @import { Entry } from "./player.js" */

/** @typedef {{code: string, name: string, has_clip: boolean}} Collection */

/** @returns {{open: (entry: Entry) => void}} */
export function mountCollections() {
  const dialog = find(document, "[data-collections]", HTMLDialogElement);
  const list = find(dialog, "[data-part=collections]");
  const form = find(dialog, "form", HTMLFormElement);
  const field = find(form, "[name=name]", HTMLInputElement);
  const problem = find(form, "[data-part=problem]");
  const button = find(form, "button", HTMLButtonElement);
  const saved = find(dialog, "[data-part=saved]");
  const { content } = find(document, "template[data-collection-template]", HTMLTemplateElement);
  /** @type {Entry | undefined} */
  let entry;

  /** @param {Entry} changed */
  function showSaved({ clip, slide }) {
    clip.is_saved = true;
    saved.hidden = false;
    if (slide.dataset.code === clip.code) showMarks(slide, clip);
  }

  /**
   * @param {Entry} changed
   * @param {string} code  Of the collection.
   * @param {boolean} isIn
   * @returns {Promise<boolean>} Whether the server did it.
   */
  async function put(changed, code, isIn) {
    const url = endpoint("collection_clip", { code, clip_code: changed.clip.code });
    const done = await attempt(() => sendChoice(isIn ? "PUT" : "DELETE", url));
    if (done === undefined) return false;
    if (isIn) showSaved(changed);
    return true;
  }

  /** @param {Collection} collection */
  function makeLine({ code, name, has_clip: isIn }) {
    const line = /** @type {DocumentFragment} */ (content.cloneNode(true));
    find(line, "[data-part=name]").textContent = name;
    const box = find(line, "input", HTMLInputElement);
    box.checked = isIn;
    box.addEventListener("change", async () => {
      const asked = box.checked;
      box.disabled = true;
      if (entry && !(await put(entry, code, asked))) box.checked = !asked;
      Object.assign(box, { disabled: false }).focus();
    });
    return line;
  }

  /** @param {string} text */
  function showProblem(text) {
    Object.assign(problem, { textContent: text, hidden: !text });
    field.setAttribute("aria-invalid", String(text !== ""));
    if (text) field.focus();
  }

  async function create() {
    const changed = entry;
    const name = field.value;
    if (!changed || !name.trim()) return field.focus();
    showProblem("");
    button.disabled = true;
    try {
      const made = /** @type {Collection} */ (await sendChoice("POST", endpoint("collections"), { name }));
      const isIn = await put(changed, made.code, true);
      list.append(makeLine({ ...made, has_clip: isIn }));
      field.value = "";
      if (isIn) toast(message("collected", { name: made.name }));
    } catch (error) {
      if (!isRequestError(error)) throw error;
      showProblem((error instanceof ApiError && errorText(error.body)) || message("failed"));
    } finally {
      button.disabled = false;
    }
  }

  function removeFromSaved() {
    if (!entry?.clip.is_saved) return;
    dialog.close();
    toast(message("unsaved"));
    toggleMark(entry, "is_saved");
  }

  prepareDialog(dialog);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!button.disabled) create();
  });
  find(saved, "button").addEventListener("click", removeFromSaved);
  return {
    async open(opened) {
      entry = opened;
      showProblem("");
      saved.hidden = !opened.clip.is_saved;
      list.replaceChildren();
      openDialog(dialog);
      const url = `${endpoint("collections")}?clip=${encodeURIComponent(opened.clip.code)}`;
      const collections = /** @type {Collection[] | undefined} */ (await attempt(() => request("GET", url)));
      if (collections && entry === opened) list.replaceChildren(...collections.map(makeLine));
    },
  };
}
