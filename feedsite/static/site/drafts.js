/**
 * Drafts of long forms, kept in this browser until the server has them: a session may expire while somebody types.
 * When a form is sent, a cookie for its address names the draft; feedsite/drafts.py answers with another once it is saved.
 */
const PREFIX = "draft:";
const KEEP_MS = 7 * 24 * 3600 * 1000;
const SENT = "draft-sent";
const SAVED = "draft-saved";
const NEVER_KEPT = ["password", "hidden", "file", "submit", "button"];

/** @typedef {[name: string, value: string][]} Fields */

/**
 * @param {string} key
 * @param {Fields} fields
 */
export function keepDraft(key, fields) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), fields }));
  } catch {
    // Storage is full or forbidden. The form works as without drafts.
  }
}

/**
 * @param {string} key
 * @returns {Fields | null}
 */
export function readDraft(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
    return draft && Date.now() - draft.at < KEEP_MS ? draft.fields : null;
  } catch {
    return null;
  }
}

/** @param {string} key */
export function dropDraft(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing was kept either.
  }
}

/** Drop all drafts, so that the next person at this device doesn't see them. */
export function dropAllDrafts() {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  } catch {
    // Nothing was kept either.
  }
}

/**
 * Note that a form is being sent, for requests to its address only.
 * @param {string} key
 * @param {string} path
 */
export function markSent(key, path) {
  document.cookie = `${SENT}=${encodeURIComponent(key)}; path=${path}; max-age=600; samesite=lax`;
}

/** Drop the draft that the server has saved, if it says so, and forget that a form was sent. */
export function settleDrafts() {
  const saved = document.cookie.split("; ").find((pair) => pair.startsWith(`${SAVED}=`));
  if (saved) {
    dropDraft(decodeURIComponent(saved.slice(SAVED.length + 1)));
    document.cookie = `${SAVED}=; path=/; max-age=0`;
  }
  document.cookie = `${SENT}=; path=${location.pathname}; max-age=0`;
}

/**
 * Return what a person has typed or chosen. Passwords, files and hidden fields are left out.
 * @param {HTMLFormElement} form
 * @param {string} [selector]  Of the fields to keep; all unless said otherwise.
 * @returns {Fields}
 */
export function typedFields(form, selector = "*") {
  /** @type {Fields} */
  const fields = [];
  for (const element of form.elements) {
    const isField =
      element instanceof HTMLInputElement ||
      element instanceof HTMLTextAreaElement ||
      element instanceof HTMLSelectElement;
    if (!isField || !element.name || NEVER_KEPT.includes(element.type) || !element.matches(selector)) continue;
    const isChoice = element instanceof HTMLInputElement && ["checkbox", "radio"].includes(element.type);
    if (isChoice && !element.checked) continue;
    fields.push([element.name, element.value]);
  }
  return fields;
}

/**
 * Put a draft's values into a form. Return whether that changed anything.
 * @param {HTMLFormElement} form
 * @param {Fields} fields
 */
export function fillForm(form, fields) {
  let hasChanged = false;
  for (const [name, value] of fields) {
    const element = form.elements.namedItem(name);
    const isText = element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
    if (isText || (element instanceof HTMLInputElement && !["checkbox", "radio"].includes(element.type))) {
      if (element.value === value || NEVER_KEPT.includes(element.type)) continue;
      element.value = value;
    } else {
      const choice = [...form.querySelectorAll("input")].find((input) => input.name === name && input.value === value);
      if (!choice || choice.checked) continue;
      choice.checked = true;
    }
    hasChanged = true;
  }
  return hasChanged;
}
