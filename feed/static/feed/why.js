/** "Why this clip": the terms that put it here, each with "less of this". */
import { attempt } from "./actions.js";
import { toast } from "./announce.js";
import { ask } from "./api.js";
import { prepareDialog } from "./dialogs.js";
import { word } from "./messages.js";

export function why(feed) {
  const dialog = document.querySelector("[data-why]");
  const list = dialog.querySelector("[data-part=reasons]");
  const line = document.querySelector("template[data-reason-template]").content;
  let shown = null;
  prepareDialog(dialog);
  dialog.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-less]");
    if (button) {
      button.disabled = true;
      const done = await attempt(() => ask("POST", "/api/v1/feed/less/", { reason: button.dataset.less }));
      if (done === undefined) button.disabled = false;
      else toast(word("less"));
    } else if (event.target.closest("[data-report]")) {
      const { report: reason } = event.target.closest("[data-report]").dataset;
      await attempt(() => ask("POST", `/api/v1/clips/${shown.code}/report/`, { reason }));
      dialog.close();
      toast(word("reported"));
    }
  });
  return {
    open(clip) {
      shown = clip;
      list.replaceChildren(
        ...clip.reasons.map((reason) => {
          const item = line.firstElementChild.cloneNode(true);
          item.querySelector("[data-part=text]").textContent = reason.text;
          item.querySelector("[data-less]").dataset.less = reason.code;
          return item;
        }),
      );
      dialog.showModal();
    },
  };
}
