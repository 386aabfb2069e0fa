/** The "Why this clip" dialog: the reasons, each with "Less of this", and a form that reports the clip. */
import { closest, find } from "../site/mount.js";
import { toast } from "./announce.js";
import { attempt, request } from "./api.js";
import { openDialog, prepareDialog } from "./dialogs.js";
import { endpoint } from "./endpoints.js";
import { sendChoice } from "./marks.js";
import { message } from "./messages.js";

/** @import { Clip } from "./clips.js" */
/** @import { Feed } from "./player.js" */

/** Reasons that are no taste, so that there cannot be less of them. */
const FIXED = ["opened", "unseen", "again", "beyond_dial"];

/**
 * @param {Feed} feed
 * @returns {{open: (clip: Clip) => void}}
 */
export function mountWhy(feed) {
  const dialog = find(document, "[data-why]", HTMLDialogElement);
  const list = find(dialog, "[data-part=reasons]");
  const { content } = find(document, "template[data-reason-template]", HTMLTemplateElement);
  /** @type {Clip | undefined} */
  let shown;

  /** @param {HTMLButtonElement} button */
  async function showLess(button) {
    button.disabled = true;
    const response = await attempt(() => sendChoice("POST", endpoint("less"), { reason: button.dataset.less }));
    if (response === undefined) button.disabled = false;
    else {
      toast(message("less"));
      await feed.paging.reconsider();
    }
  }

  async function hideCreator() {
    if (!shown) return;
    const { handle, name } = shown.creator;
    const url = endpoint("hide_creator", { handle });
    dialog.close();
    if ((await attempt(() => sendChoice("POST", url))) === undefined) return;
    toast(message("creator_hidden", { name }), () => {
      attempt(() => sendChoice("DELETE", url)).then(() => feed.paging.reconsider());
    });
    if (feed.current?.clip.creator.handle === handle) feed.step(1);
    await feed.paging.reconsider();
  }

  /** @param {string} reason */
  async function report(reason) {
    const url = endpoint("report", { code: String(shown?.code) });
    if ((await attempt(() => request("POST", url, { reason }))) === undefined) return;
    dialog.close();
    toast(message("reported"));
  }

  /** @param {{code: string, text: string}} reason */
  function makeLine(reason) {
    const line = /** @type {DocumentFragment} */ (content.cloneNode(true));
    find(line, "[data-part=text]").textContent = reason.text;
    const less = find(line, "[data-less]");
    less.dataset.less = reason.code;
    less.hidden = FIXED.includes(reason.code);
    return line;
  }

  prepareDialog(dialog);
  dialog.addEventListener("click", (event) => {
    const less = closest(event, "[data-less]");
    const reason = closest(event, "[data-report]")?.dataset.report;
    if (less instanceof HTMLButtonElement) showLess(less);
    else if (reason) report(reason);
    else if (closest(event, "[data-hide-creator]")) hideCreator();
  });
  return {
    open(clip) {
      shown = clip;
      list.replaceChildren(...clip.reasons.map(makeLine));
      find(dialog, "[data-part=transcript]").setAttribute("href", `${clip.url}transcript/`);
      openDialog(dialog);
    },
  };
}
