/**
 * Uploads chosen photos one by one, so that a lost connection or a bad picture costs one photo. The page is then saved
 * and shown again with the photos that arrived.
 */
import { csrfToken, find, mountAll } from "../site/mount.js";

/** @param {HTMLElement} box */
export function mount(box) {
  const form = /** @type {HTMLFormElement} */ (box.closest("form"));
  const input = find(box, "input[type=file]", HTMLInputElement);
  const add = find(box, "button[name=add]", HTMLButtonElement);
  const errors = find(box, "[data-photo-errors]");
  const words = box.dataset;
  add.hidden = true;
  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])];
    if (files.length === 0) return;
    input.disabled = true; // its files are not sent again with the form
    const refused = [];
    for (const [index, file] of files.entries()) {
      say(errors, [fillIn(words.wordsProgress, { number: index + 1, count: files.length })]);
      const reason = await upload(String(words.address), file, String(words.wordsLost));
      if (reason) refused.push(fillIn(words.wordsName, { name: `\u2068${file.name}\u2069`, reason }));
    }
    say(errors, refused);
    input.value = "";
    if (refused.length === 0) return form.requestSubmit(add);
    input.disabled = false;
    add.textContent = String(words.wordsShow);
    add.hidden = refused.length === files.length;
  });
}

/**
 * @param {string} address
 * @param {File} file
 * @param {string} lost  What to say if there is no answer.
 * @returns {Promise<string>} Why the photo was refused, or "".
 */
async function upload(address, file, lost) {
  const body = new FormData();
  body.append("file", file);
  try {
    const response = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } });
    if (response.ok) return "";
    const answer = await response.json();
    return String(answer.file?.[0] ?? answer.detail ?? lost);
  } catch {
    return lost;
  }
}

/**
 * @param {HTMLElement} list
 * @param {string[]} sentences
 */
function say(list, sentences) {
  list.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

/**
 * @param {string | undefined} text
 * @param {Record<string, string | number>} values
 */
function fillIn(text, values) {
  return String(text).replace(/\{(\w+)\}/g, (_whole, name) => String(values[name]));
}

mountAll("photo-upload", mount);
