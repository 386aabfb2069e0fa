/** Uploads the chosen file at once, while the form is filled in, and holds the form back until it has arrived. */
import { find, findAll, mountAll } from "../site/mount.js";
import { discardFile, discardUpload, startUpload, storedUpload, UploadRefused } from "./tus.js";

/** @typedef {ReturnType<typeof startUpload>} RunningUpload */

/** @param {HTMLFormElement} form */
export function mount(form) {
  const box = find(form, "[data-upload-file]");
  if (!box.querySelector("input[type=file]")) return; // a published clip's file cannot be changed
  const input = find(box, "input[type=file]", HTMLInputElement);
  const { dataset } = box;
  const display = new Display(box);
  const code = find(form, "[name=code]", HTMLInputElement);
  const waitNotice = find(form, "[data-upload-wait]");
  const pause = find(box, "[data-upload-pause]", HTMLButtonElement);
  /** @type {RunningUpload | null} */
  let current = null;
  /** @type {File | null} What `current` uploads. */
  let sending = null;
  /** @type {HTMLElement | null} The button that submits the form when the file has arrived. */
  let submitter = null;
  let isPaused = false;
  /** @type {File[]} Files that were being uploaded when another was chosen. It may have been chosen by mistake. */
  const replaced = [];
  const unfinished = findAll(document, "[data-unfinished]");

  /** @param {File} file */
  async function upload(file) {
    form.dispatchEvent(new CustomEvent("clip-chosen", { detail: file }));
    if (current && sending) {
      current.pause();
      replaced.push(sending);
    }
    adoptDraft(file);
    const earlier = explainStart(file);
    display.showSending(0);
    const running = startUpload(String(dataset.uploads), file, code.value, {
      onProgress: (share) => current === running && !isPaused && display.showSending(Math.floor(share * 100)),
      onRetry: () =>
        current === running && display.show({ percent: display.percent, text: dataset.wordsBroken, canPause: true }),
    });
    [current, sending] = [running, file];
    setPaused(false);
    try {
      await running.done;
      replaced.splice(0).forEach(discardFile);
      if (earlier) discardUpload(String(earlier.dataset.url)).then(() => earlier.remove());
      if (current !== running) return;
      display.show({ text: dataset.wordsArrived?.replace("{name}", file.name) });
      input.value = ""; // the form need not send it again
      current = null;
      if (submitter) form.requestSubmit(submitter);
    } catch (error) {
      if (current !== running) return;
      fail(error);
    }
  }

  /** @param {unknown} error */
  function fail(error) {
    current = null;
    submitter = null;
    waitNotice.hidden = true;
    if (error instanceof UploadRefused) {
      input.value = "";
      display.show({ errors: error.sentences });
    } else {
      display.show({ text: dataset.wordsFailed, canRetry: true });
    }
  }

  /**
   * Continue the draft of an earlier visit if part of this file was uploaded for it.
   * @param {File} file
   */
  function adoptDraft(file) {
    const stored = storedUpload(file);
    const isListed = unfinished.some((upload) => upload.dataset.url === stored?.url);
    if (stored && isListed && "fresh" in dataset) code.value = stored.clip;
  }

  /**
   * Say so if the file continues no unfinished upload although the page lists one of this draft or name. Return the
   * listed upload of this draft, which is of no use once the file has arrived.
   * @param {File} file
   */
  function explainStart(file) {
    const stored = storedUpload(file);
    const isContinued = unfinished.some((upload) => upload.dataset.url === stored?.url);
    const earlier = unfinished.find(({ dataset: { clip, name } }) => clip === code.value || name === file.name);
    const isAfresh = earlier !== undefined && !isContinued;
    find(box, "[data-upload-afresh]").textContent = isAfresh
      ? String(dataset.wordsAfresh).replace("{name}", String(earlier.dataset.name))
      : "";
    return isAfresh && earlier.dataset.clip === code.value ? earlier : undefined;
  }

  /** @param {boolean} value */
  function setPaused(value) {
    isPaused = value;
    pause.textContent = (value ? dataset.wordsResume : dataset.wordsPause) ?? "";
  }

  function uploadChosen() {
    const file = input.files?.[0];
    if (file) upload(file);
  }

  pause.addEventListener("click", () => {
    setPaused(!isPaused);
    if (isPaused) current?.pause();
    else current?.resume();
  });
  input.addEventListener("change", uploadChosen);
  find(box, "[data-upload-again]").addEventListener("click", uploadChosen);
  form.addEventListener("submit", (event) => {
    if (current) {
      event.preventDefault();
      submitter = event.submitter;
      waitNotice.hidden = false;
    } else {
      for (const button of submitButtons(form)) button.disabled = button !== event.submitter;
    }
  });
  addEventListener("pageshow", () => submitButtons(form).forEach((button) => (button.disabled = false)));
}

/** @param {HTMLFormElement} form */
const submitButtons = (form) => findAll(form, "button[name]", HTMLButtonElement);

/** What the page shows of an upload: progress bar, sentence, errors, buttons. */
class Display {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.box = box;
    this.progress = find(box, "[data-upload-progress]");
    this.bar = find(box, "progress", HTMLProgressElement);
  }

  get percent() {
    return this.bar.value;
  }

  /** @param {number} percent */
  showSending(percent) {
    const { wordsSending = "", wordsLooking = "" } = this.box.dataset;
    const isSending = percent < 100;
    const text = isSending ? wordsSending.replace("{percent}", String(percent)) : wordsLooking;
    this.show({ percent, text, canPause: isSending });
  }

  /** @param {{percent?: number, text?: string, errors?: string[], canRetry?: boolean, canPause?: boolean}} state */
  show({ percent, text = "", errors = [], canRetry = false, canPause = false }) {
    find(this.box, "[data-upload-pause]").hidden = !canPause;
    this.progress.hidden = percent === undefined;
    if (percent !== undefined) this.bar.value = percent;
    find(this.box, "[data-upload-says]").textContent = text;
    find(this.box, "[data-upload-again]").hidden = !canRetry;
    const lines = errors.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence }));
    find(this.box, "[data-upload-errors]").replaceChildren(...lines);
    this.box.classList.toggle("field--wrong", errors.length > 0);
  }
}

mountAll("upload", mount);
findAll(document, "[data-autofocus]").forEach((notice) => notice.focus());
