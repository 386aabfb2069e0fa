/** Sends the chosen file at once, while the rest of the form is typed, and holds the form back until it has arrived. */
import { mountAll } from "../site/mount.js";
import { remembered, sendResumably } from "./tus.js";

export function mount(form) {
  const box = form.querySelector("[data-upload-file]");
  const input = box.querySelector("input[type=file]");
  if (!input) return;
  const [progress, says, again, pause, errors] = ["progress", "says", "again", "pause", "errors"].map((name) =>
    box.querySelector(`[data-upload-${name}]`),
  );
  const wait = form.querySelector("[data-upload-wait]");
  let sending = null;
  let pressed = null;
  let isPaused = false;

  async function start() {
    const file = input.files[0];
    if (!file) return;
    form.dispatchEvent(new CustomEvent("clip-chosen", { detail: file }));
    adoptDraft(file);
    sending?.pause();
    show({ bar: 0, text: box.dataset.wordsSending.replace("{percent}", "0"), pauses: true });
    const mine = sendResumably(box.dataset.uploads, file, form.elements.code.value, {
      onProgress(share) {
        const percent = Math.floor(share * 100);
        if (sending !== mine || isPaused) return;
        const text = percent < 100 ? box.dataset.wordsSending.replace("{percent}", percent) : box.dataset.wordsLooking;
        show({ bar: percent, text, pauses: percent < 100 });
      },
      onBreak: () =>
        sending === mine &&
        show({ bar: progress.querySelector("progress").value, text: box.dataset.wordsBroken, pauses: true }),
    });
    sending = mine;
    setPaused(false);
    try {
      await mine.done;
      if (sending !== mine) return;
      show({ text: box.dataset.wordsArrived.replace("{name}", file.name) });
      input.value = ""; // it has arrived, so the form need not send it again
      sending = null;
      if (pressed) form.requestSubmit(pressed);
    } catch (failure) {
      if (sending !== mine) return;
      sending = null;
      pressed = null;
      wait.hidden = true;
      if (!failure.lost) input.value = "";
      show({ text: failure.lost ? box.dataset.wordsFailed : "", wrong: failure.errors ?? [], again: failure.lost });
    }
  }

  /** A file that was half sent for a draft from an earlier visit is gone on with, as that draft. */
  function adoptDraft(file) {
    const known = remembered(file);
    if (known?.clip && "fresh" in box.dataset) form.elements.code.value = known.clip;
  }

  function setPaused(value) {
    isPaused = value;
    pause.textContent = value ? box.dataset.wordsResume : box.dataset.wordsPause;
  }

  pause.addEventListener("click", () => {
    setPaused(!isPaused);
    if (isPaused) sending?.pause();
    else sending?.resume();
  });

  function show({ bar, text, wrong = [], again: offersAgain = false, pauses = false }) {
    pause.hidden = !pauses;
    progress.hidden = bar === undefined;
    if (bar !== undefined) progress.querySelector("progress").value = bar;
    says.textContent = text;
    again.hidden = !offersAgain;
    errors.replaceChildren(
      ...wrong.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
    );
    box.classList.toggle("field--wrong", wrong.length > 0);
  }

  input.addEventListener("change", start);
  again.addEventListener("click", start);
  form.addEventListener("submit", (event) => {
    if (!sending) {
      for (const button of form.querySelectorAll("button[name]"))
        if (button !== event.submitter) button.disabled = true;
      return;
    }
    event.preventDefault();
    pressed = event.submitter;
    wait.hidden = false;
  });
  addEventListener("pageshow", () =>
    form.querySelectorAll("button[name]").forEach((button) => (button.disabled = false)),
  );
}

mountAll("upload", mount);
for (const notice of document.querySelectorAll("[data-autofocus]")) notice.focus();
