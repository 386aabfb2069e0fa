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
  form.addEventListener("change", async (event) => {
    const control = /** @type {Control} */ (event.target);
    if (!control.matches(form.method === "post" ? `${CHANGES_FIELDS}, ${CHANGES_TOTAL}` : CHANGES_FIELDS)) return;
    for (const field of controls(form)) keep(typed, field);
    const question = ++asked;
    const page = await load(form, control);
    if (question !== asked) return; // another answer was given meanwhile, and its parts follow
    swap(form, page, typed);
    controls(form)
      .find((field) => field.name === control.name && field.value === control.value)
      ?.focus({ preventScroll: true });
  });
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
  return Boolean(field.closest("[data-swap]")) && !["checkbox", "radio"].includes(field.type) && !isTotal(field);
}

/** @param {Control} field */
function isTotal(field) {
  return ["expected_total_minor", "expected_currency", "quote_id"].includes(field.name);
}

/**
 * @param {HTMLFormElement} form
 * @returns {Control[]}
 */
function controls(form) {
  return /** @type {Control[]} */ (findAll(form, "input, select, textarea"));
}

/** @param {HTMLFormElement} form */
function hideButtons(form) {
  for (const button of findAll(form, "[data-swap-button]", HTMLButtonElement)) {
    button.hidden = button.disabled = true;
  }
}

mountAll("swaps", mount);
