/** The sentences in an error body of the API. Pure. */

/**
 * Return the sentences of `{"detail": "…"}` or `{"field": ["…"]}`, nested or not, in one line.
 * @param {unknown} body
 * @returns {string}
 */
export function errorText(body) {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null) return "";
  return Object.values(body).map(errorText).filter(Boolean).join(" ");
}
