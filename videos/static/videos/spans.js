/** Product rows with a preview of the chosen file: add and remove rows, take times from the player, drag spans. */
import { mountAll } from "../site/mount.js";
import { mountSearches } from "./product-search.js";
import { mountTrack } from "./span-track.js";
import { formatTime } from "./timecode.js";

export function mount(box) {
  const form = box.closest("form");
  const video = box.querySelector("[data-spans-video]");
  const stage = box.querySelector("[data-spans-stage]");
  const mute = box.querySelector("[data-spans-mute]");
  const rows = box.querySelector("[data-spans-rows]");
  const empty = box.querySelector("[data-spans-empty]");
  const total = box.querySelector("[name=tags-TOTAL_FORMS]");
  const limit = Number(box.querySelector("[name=tags-MAX_NUM_FORMS]").value);
  const add = box.querySelector("[data-spans-add]");
  let local = "";

  function show(address) {
    if (local) URL.revokeObjectURL(local);
    local = address.startsWith("blob:") ? address : "";
    stage.hidden = false;
    mute.hidden = true;
    video.hidden = false;
    video.src = address;
  }

  function enliven(row) {
    const buttons = row.querySelectorAll("[data-span-now]");
    for (const button of buttons) {
      button.hidden = stage.hidden || video.hidden;
      button.onclick = () => {
        const field = row.querySelector(`[name$=-${button.dataset.spanNow}]`);
        field.value = formatTime(video.currentTime * 1000);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      };
    }
    const remove = row.querySelector("[data-span-remove]");
    remove.hidden = false;
    remove.onclick = () => {
      row.querySelectorAll("input").forEach((input) => (input.value = ""));
      row.hidden = true; // a row without a product counts as empty
      add.focus();
    };
    mountTrack(row, video);
  }

  const enlivenAll = () => rows.querySelectorAll("[data-span]").forEach(enliven);

  add.hidden = false;
  add.addEventListener("click", () => {
    const number = Number(total.value);
    if (number >= limit) return;
    const holder = document.createElement("template");
    holder.innerHTML = empty.innerHTML.replaceAll("__prefix__", String(number));
    const row = holder.content.firstElementChild;
    rows.append(row);
    total.value = String(number + 1);
    mountSearches(row);
    enliven(row);
    row.querySelector("[role=combobox]").focus();
    add.hidden = number + 1 >= limit;
  });
  form.addEventListener("clip-chosen", (event) => show(URL.createObjectURL(event.detail)));
  video.addEventListener("loadedmetadata", enlivenAll);
  video.addEventListener("error", () => {
    if (!video.getAttribute("src")) return;
    video.hidden = true;
    mute.hidden = false;
    enlivenAll();
  });
  enlivenAll();
  if (video.dataset.src) show(video.dataset.src);
}

mountAll("spans", mount);
