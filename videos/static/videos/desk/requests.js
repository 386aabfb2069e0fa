/** Requests from the review desk. */
import { csrfToken } from "../../site/mount.js";

/** @typedef {{ok: boolean, body: Record<string, any>}} Answer  The body is empty if there is none. */

/**
 * Post form fields and return the answer; `ok` is false if the server refused or could not be reached.
 * @param {string | undefined} url
 * @param {FormData | Record<string, string>} [fields]
 * @returns {Promise<Answer>}
 */
export async function post(url, fields = {}) {
  const response = await fetch(String(url), {
    method: "POST",
    body: fields instanceof FormData ? fields : new URLSearchParams(fields),
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken() },
    keepalive: true,
  }).catch(() => null);
  const body = (await response?.json().catch(() => null)) ?? {};
  return { ok: Boolean(response?.ok && !response.redirected), body };
}
