/** Placeholders such as `{name}` in the sentences and URLs that templates pass to scripts. */

/**
 * Return `text` with its placeholders filled in. A placeholder without a value stays as it is.
 * @param {string} text
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fillPlaceholders(text, values) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(values[name] ?? placeholder));
}
