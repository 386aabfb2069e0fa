/** Sends the chosen file at once, while the rest of the form is typed, and holds the form back until it has arrived. */
import { csrfToken, mountAll } from "../site/mount.js";

/** Put one file to `address`; resolves to the answer's JSON, rejects with {errors} or {lost: true}. */
export function sendFile(address, file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    request.open("PUT", address);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => event.lengthComputable && onProgress(event.loaded / event.total));
    request.addEventListener("load", () => {
      const answer = request.response ?? {};
      if (request.status < 300) resolve(answer);
      else reject({ errors: answer.file ?? [answer.detail ?? request.statusText] });
    });
    for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, () => reject({ lost: true }));
    request.send(body);
  });
}

export function mount(form) {
  const box = form.querySelector("[data-upload-file]");
  const input = box.querySelector("input[type=file]");
  if (!input) return;
  const [progress, says, again, errors] = ["progress", "says", "again", "errors"].map((name) => box.querySelector(`[data-upload-${name}]`));
  const wait = form.querySelector("[data-upload-wait]");
  let sending = null;
  let pressed = null;

  async function start() {
    const file = input.files[0];
    if (!file) return;
    form.dispatchEvent(new CustomEvent("clip-chosen", { detail: file }));
    show({ bar: 0, text: box.dataset.wordsSending.replace("{percent}", "0") });
    const mine = sendFile(box.dataset.address, file, (share) => {
      const percent = Math.floor(share * 100);
      if (sending !== mine) return;
      show({ bar: percent, text: percent < 100 ? box.dataset.wordsSending.replace("{percent}", percent) : box.dataset.wordsLooking });
    });
    sending = mine;
    try {
      await mine;
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

  function show({ bar, text, wrong = [], again: offersAgain = false }) {
    progress.hidden = bar === undefined;
    if (bar !== undefined) progress.querySelector("progress").value = bar;
    says.textContent = text;
    again.hidden = !offersAgain;
    errors.replaceChildren(...wrong.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })));
    box.classList.toggle("field--wrong", wrong.length > 0);
  }

  input.addEventListener("change", start);
  again.addEventListener("click", start);
  form.addEventListener("submit", (event) => {
    if (!sending) {
      for (const button of form.querySelectorAll("button[name]")) if (button !== event.submitter) button.disabled = true;
      return;
    }
    event.preventDefault();
    pressed = event.submitter;
    wait.hidden = false;
  });
  addEventListener("pageshow", () => form.querySelectorAll("button[name]").forEach((button) => (button.disabled = false)));
}

mountAll("upload", mount);
for (const notice of document.querySelectorAll("[data-autofocus]")) notice.focus();
