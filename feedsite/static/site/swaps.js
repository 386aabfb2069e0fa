/** Forms whose parts depend on an answer: the fields of an address on its country, the total on where it goes. */
import { findAll, mountAll } from "./mount.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

const CHANGES_FIELDS = "[data-swap-input], [name$=country_code]";
const CHANGES_TOTAL = "[name=region], [name=vat_number]";

/**
 * Ask the server for the form again when an answer changes that other parts depend on, and swap those parts in.
 * Without JavaScript, a button next to the question does the same.
 * @param {HTMLFormElement} form
 */
export function mount(form) {
  /** @type {Map<string, string>} Everything that was typed, for when a field comes back. */
  const typed = new Map();
  let asked = 0;
  hideButtons(form);
  form.addEventListener("input", (event) => keep(typed, /** @type {Control} */ (event.target)));
  form.addEventListener("change", (event) => {
    const control = /** @type {Control} */ (event.target);
    if (control.matches(form.method === "post" ? `${CHANGES_FIELDS}, ${CHANGES_TOTAL}` : CHANGES_FIELDS)) ask(control);
  });
  if (form.dataset.swaps === "filled") ask();

  /** @param {Control} [control]  That changed. */
  async function ask(control) {
    for (const field of controls(form)) keep(typed, field);
    const question = ++asked;
    const sent = new Map(controls(form).map((field) => [nameOf(field), stateOf(field)]));
    const page = await load(form, control);
    if (question !== asked) return; // another answer was given meanwhile, and its parts follow
    const changed = controls(form).filter((field) => isAnswer(field) && stateOf(field) !== sent.get(nameOf(field)));
    const focus = describeFocus(form);
    swap(form, page, typed);
    for (const field of changed) putBack(form, field);
    restoreFocus(form, focus);
    form.dispatchEvent(new Event("swapped"));
  }
}

/**
 * Fetch the parts of a form that begins without them.
 * @param {HTMLFormElement} form
 */
export async function fillParts(form) {
  swap(form, await load(form), new Map());
}

/**
 * @param {HTMLFormElement} form
 * @param {Control} [control]  That changed.
 * @returns {Promise<Document>} The page or piece of HTML with the new parts.
 */
async function load(form, control) {
  let response;
  if (form.method === "post") {
    const body = new FormData(form);
    body.set("then", "country");
    response = await fetch(form.action, { method: "POST", body });
  } else {
    const url = new URL(form.action);
    url.search = new URLSearchParams({ country_code: control?.value ?? "" }).toString();
    response = await fetch(url);
  }
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/**
 * @param {HTMLFormElement} form
 * @param {Document} page
 * @param {Map<string, string>} typed
 */
function swap(form, page, typed) {
  for (const part of findAll(form, "[data-swap]")) {
    const fresh = page.querySelector(`[data-swap="${part.dataset.swap}"]`);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
  hideButtons(form);
  for (const field of controls(form)) {
    const text = typed.get(field.name);
    if (!text || field.value || !isTyped(field)) continue;
    if (!(field instanceof HTMLSelectElement)) field.value = text;
    else if ([...field.options].some((option) => option.value === text)) field.value = text;
  }
}

/**
 * Give a field the state that it had, because the visitor changed it while the new parts were on their way.
 * @param {HTMLFormElement} form
 * @param {Control} old
 */
function putBack(form, old) {
  const field = controls(form).find((candidate) => nameOf(candidate) === nameOf(old));
  if (!field || field === old) return;
  if (field instanceof HTMLInputElement && isChoice(field))
    field.checked = /** @type {HTMLInputElement} */ (old).checked;
  else if (!(field instanceof HTMLSelectElement)) field.value = old.value;
  else if ([...field.options].some((option) => option.value === old.value)) field.value = old.value;
}

/**
 * @typedef {{name: string, start: number | null, end: number | null}} Focus  A control, and what is selected in it.
 * @param {HTMLFormElement} form
 * @returns {Focus | null} Null if no control of the form has the focus.
 */
function describeFocus(form) {
  const control = focusable(form).find((candidate) => candidate === document.activeElement);
  if (!control) return null;
  if (!hasCaret(control)) return { name: nameOf(control), start: null, end: null };
  return { name: nameOf(control), start: control.selectionStart, end: control.selectionEnd };
}

/**
 * @param {HTMLFormElement} form
 * @param {Focus | null} focus
 */
function restoreFocus(form, focus) {
  const control = focus && focusable(form).find((candidate) => nameOf(candidate) === focus.name);
  if (!control || control === document.activeElement) return;
  control.focus({ preventScroll: true });
  if (hasCaret(control) && focus.start !== null) control.setSelectionRange(focus.start, focus.end);
}

/**
 * @param {Control | HTMLButtonElement} control
 * @returns {control is HTMLInputElement | HTMLTextAreaElement}
 */
function hasCaret(control) {
  return !(control instanceof HTMLSelectElement || control instanceof HTMLButtonElement);
}

/**
 * @param {Map<string, string>} typed
 * @param {Control} field
 */
function keep(typed, field) {
  if (field.value && isTyped(field)) typed.set(field.name, field.value);
}

/**
 * @param {Control} field
 * @returns {boolean} Whether it is a field of an address that is typed or chosen from a list.
 */
function isTyped(field) {
  return isAnswer(field) && !isChoice(field);
}

/**
 * @param {Control} field
 * @returns {boolean} Whether it is in a part that is swapped, and for the visitor to answer.
 */
function isAnswer(field) {
  return Boolean(field.closest("[data-swap]")) && field.type !== "hidden";
}

/** @param {Control} field */
function isChoice(field) {
  return ["checkbox", "radio"].includes(field.type);
}

/**
 * @param {Control | HTMLButtonElement} control
 * @returns {string} By what it is known again in new parts.
 */
function nameOf(control) {
  const value = ["radio", "submit"].includes(control.type) ? `=${control.value}` : "";
  return `${control.type} ${control.name}${value}`;
}

/** @param {Control} field */
function stateOf(field) {
  return field instanceof HTMLInputElement && isChoice(field) ? String(field.checked) : field.value;
}

/**
 * @param {HTMLFormElement} form
 * @returns {Control[]}
 */
function controls(form) {
  return /** @type {Control[]} */ (findAll(form, "input, select, textarea"));
}

/**
 * @param {HTMLFormElement} form
 * @returns {(Control | HTMLButtonElement)[]}
 */
function focusable(form) {
  return /** @type {(Control | HTMLButtonElement)[]} */ (findAll(form, "input, select, textarea, button"));
}

/** @param {HTMLFormElement} form */
function hideButtons(form) {
  for (const button of findAll(form, "[data-swap-button]", HTMLButtonElement)) {
    button.hidden = button.disabled = true;
  }
}

mountAll("swaps", mount);
