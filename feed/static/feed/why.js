/** The "Why this clip" dialog: the reasons, each with "Less of this", and a form that reports the clip. */
import { closest, find } from "../site/mount.js";
import { toast } from "./announce.js";
import { attempt, request } from "./api.js";
import { prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { message } from "./messages.js";

/** @import { Clip } from "./clips.js" */

/** @returns {{open: (clip: Clip) => void}} */
export function mountWhy() {
  const dialog = find(document, "[data-why]", HTMLDialogElement);
  const list = find(dialog, "[data-part=reasons]");
  const { content } = find(document, "template[data-reason-template]", HTMLTemplateElement);
  let code = "";

  /** @param {HTMLButtonElement} button */
  async function showLess(button) {
    button.disabled = true;
    const response = await attempt(() => request("POST", endpoint("less"), { reason: button.dataset.less }));
    if (response === undefined) button.disabled = false;
    else toast(message("less"));
  }

  /** @param {string} reason */
  async function report(reason) {
    await attempt(() => request("POST", endpoint("report", { code }), { reason }));
    dialog.close();
    toast(message("reported"));
  }

  /** @param {{code: string, text: string}} reason */
  function makeLine(reason) {
    const line = /** @type {DocumentFragment} */ (content.cloneNode(true));
    find(line, "[data-part=text]").textContent = reason.text;
    find(line, "[data-less]").dataset.less = reason.code;
    return line;
  }

  prepareDialog(dialog);
  dialog.addEventListener("click", (event) => {
    const less = closest(event, "[data-less]");
    const reason = closest(event, "[data-report]")?.dataset.report;
    if (less instanceof HTMLButtonElement) showLess(less);
    else if (reason) report(reason);
  });
  return {
    open(clip) {
      code = clip.code;
      list.replaceChildren(...clip.reasons.map(makeLine));
      dialog.showModal();
    },
  };
}
