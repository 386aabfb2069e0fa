/**
 * Suggests hashtags after “#” and people after “@” while somebody types in a text field: the arrow keys choose, Enter or
 * Tab takes the choice over, Esc closes the list. Without it, one simply types on.
 */
import { fetchJson } from "./fetch-json.js";
import { findAll, mountAll } from "./mount.js";
import { wordAt } from "./word-at.js";

const ASK_AFTER_MS = 150;
let count = 0;

/**
 * @typedef {object} Suggestion
 * @property {string} text  Written in place of what was typed.
 * @property {string} details
 */

/** @param {HTMLTextAreaElement} field  With the addresses of both APIs, and sentences, as data attributes. */
export function mount(field) {
  const { hashtags = "", people = "", count: sentence = "", nothing = "" } = field.dataset;
  const box = Object.assign(document.createElement("div"), { className: "combo" });
  const list = Object.assign(document.createElement("ul"), { className: "combo__list", id: `suggestions-${++count}` });
  const status = Object.assign(document.createElement("span"), { className: "visually-hidden" });
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", String(field.dataset.suggestions));
  status.setAttribute("role", "status");
  box.append(list, status);
  field.after(box);
  // A text field of several lines keeps its role: HTML allows a textarea no other.
  const properties = { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": list.id };
  for (const [name, value] of Object.entries(properties)) field.setAttribute(name, value);
  field.autocomplete = "off";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let latestRequest = 0;
  /** @type {Suggestion[]} */
  let suggestions = [];
  let active = -1;

  async function suggest() {
    const word = wordAt(field.value, field.selectionStart);
    const request = ++latestRequest;
    if (!word || field.selectionStart !== field.selectionEnd) return close();
    const address = word.sign === "@" ? people : hashtags;
    const rows = await fetchJson(`${address}?q=${encodeURIComponent(word.typed)}`);
    if (!rows || request !== latestRequest) return;
    suggestions = rows.map(word.sign === "@" ? toPerson : toHashtag);
    open();
  }

  function open() {
    list.replaceChildren(...suggestions.map(makeOption));
    status.textContent = suggestions.length ? sentence.replace("{count}", String(suggestions.length)) : nothing;
    list.hidden = suggestions.length === 0;
    field.removeAttribute("aria-activedescendant");
    active = -1;
  }

  function close() {
    latestRequest++;
    clearTimeout(timer);
    suggestions = [];
    open();
    status.textContent = "";
  }

  /**
   * @param {Suggestion} suggestion
   * @param {number} index
   */
  function makeOption(suggestion, index) {
    const option = Object.assign(document.createElement("li"), { id: `${list.id}-${index}` });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const name = Object.assign(document.createElement("bdi"), { textContent: suggestion.text });
    const details = Object.assign(document.createElement("bdi"), { className: "soft small" });
    details.textContent = suggestion.details;
    option.append(name, details);
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      take(suggestion);
    });
    return option;
  }

  /** @param {Suggestion} suggestion */
  function take(suggestion) {
    const word = wordAt(field.value, field.selectionStart);
    if (word) field.setRangeText(`${suggestion.text} `, word.start, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  /** @param {1 | -1} step */
  function moveActive(step) {
    const options = findAll(list, "[role=option]");
    active = (active < 0 && step < 0 ? options.length - 1 : active + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === active)));
    field.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, ASK_AFTER_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveActive(event.key === "ArrowDown" ? 1 : -1);
    else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) take(suggestions[active]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
}

/**
 * @param {{name: string, post_count: number}} hashtag
 * @returns {Suggestion}
 */
function toHashtag({ name, post_count: posts }) {
  return { text: `#${name}`, details: posts.toLocaleString(document.documentElement.lang) };
}

/**
 * @param {{handle: string, name: string}} person
 * @returns {Suggestion}
 */
function toPerson({ handle, name }) {
  return { text: `@${handle}`, details: name };
}

mountAll("suggestions", mount);
