/** Text with `{name}` placeholders, as the templates pass sentences and URLs to the scripts. */

/**
 * Return `text` with its placeholders filled in. A placeholder without a value stays as it is.
 * @param {string} text
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fillPlaceholders(text, values) {
  return text.replace(/\{(\w+)\}/g, (placeholder, name) => String(values[name] ?? placeholder));
}
