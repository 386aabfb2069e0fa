/** The browser's storage. If it is missing or full (private windows), reads find nothing and writes return false. */

/**
 * Return what is stored under a key, or null.
 * @param {string} key
 * @returns {string | null}
 */
export function readItem(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * Store text under a key. Return false if the browser could not store it.
 * @param {string} key
 * @param {string} value
 * @returns {boolean}
 */
export function writeItem(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * Return the JSON stored under a key, or `fallback` if there is none or it is damaged.
 * @template T
 * @param {string} key
 * @param {T} fallback
 * @returns {T}
 */
export function readJson(key, fallback) {
  try {
    return JSON.parse(readItem(key) ?? "null") ?? fallback;
  } catch {
    return fallback;
  }
}

/**
 * Store a value as JSON. Return false if the browser could not store it.
 * @param {string} key
 * @param {unknown} value
 * @returns {boolean}
 */
export function writeJson(key, value) {
  return writeItem(key, JSON.stringify(value));
}
