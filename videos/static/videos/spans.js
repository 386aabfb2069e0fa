/** Product rows with a preview of the chosen file: add and remove rows, set times from the player, drag spans. */
import { find, findAll, mountAll } from "../site/mount.js";
import { mountSearches } from "./product-search.js";
import { mountTrack } from "./span-track.js";
import { formatTime } from "./timecode.js";

/** @param {HTMLElement} box */
export function mount(box) {
  const form = /** @type {HTMLFormElement} */ (box.closest("form"));
  const video = find(box, "[data-spans-video]", HTMLVideoElement);
  const stage = find(box, "[data-spans-stage]");
  const notPlayable = find(box, "[data-spans-mute]");
  const rows = find(box, "[data-spans-rows]");
  const template = find(box, "[data-spans-empty]", HTMLTemplateElement);
  const rowCount = find(box, "[name=tags-TOTAL_FORMS]", HTMLInputElement);
  const limit = Number(find(box, "[name=tags-MAX_NUM_FORMS]", HTMLInputElement).value);
  const add = find(box, "[data-spans-add]", HTMLButtonElement);
  let objectUrl = "";

  /** @param {string} url */
  function showVideo(url) {
    if (objectUrl) URL.revokeObjectURL(objectUrl);
    objectUrl = url.startsWith("blob:") ? url : "";
    stage.hidden = false;
    notPlayable.hidden = true;
    video.hidden = false;
    video.src = url;
  }

  /** @param {HTMLElement} row */
  function mountRow(row) {
    for (const button of findAll(row, "[data-span-now]", HTMLButtonElement)) {
      button.hidden = stage.hidden || video.hidden;
      button.onclick = () => {
        const field = find(row, `[name$=-${button.dataset.spanNow}]`, HTMLInputElement);
        field.value = formatTime(video.currentTime * 1000);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      };
    }
    const remove = find(row, "[data-span-remove]", HTMLButtonElement);
    remove.hidden = false;
    remove.onclick = () => {
      for (const input of row.querySelectorAll("input")) input.value = "";
      row.hidden = true; // a row without a product counts as empty
      add.focus();
    };
    mountTrack(row, video);
  }

  function mountRows() {
    findAll(rows, "[data-span]").forEach(mountRow);
  }

  add.hidden = false;
  add.addEventListener("click", () => {
    const number = Number(rowCount.value);
    if (number >= limit) return;
    const copy = document.createElement("template");
    copy.innerHTML = template.innerHTML.replaceAll("__prefix__", String(number));
    const row = find(copy.content, "[data-span]");
    rows.append(row);
    rowCount.value = String(number + 1);
    mountSearches(row);
    mountRow(row);
    find(row, "[role=combobox]").focus();
    add.hidden = number + 1 >= limit;
  });
  form.addEventListener("clip-chosen", (event) => {
    showVideo(URL.createObjectURL(/** @type {CustomEvent<File>} */ (event).detail));
  });
  video.addEventListener("loadedmetadata", mountRows);
  video.addEventListener("error", () => {
    if (!video.getAttribute("src")) return;
    video.hidden = true;
    notPlayable.hidden = false;
    mountRows();
  });
  mountRows();
  if (video.dataset.src) showVideo(video.dataset.src);
}

mountAll("spans", mount);
