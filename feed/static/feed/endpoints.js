/** URLs of the API by name, which the page passes in `<script id="feed-endpoints">`. They contain placeholders. */
import { find } from "../site/mount.js";
import { fillPlaceholders } from "./placeholders.js";

/** @type {Record<string, string> | undefined} */
let endpoints;

/**
 * Return the URL of an endpoint.
 * @param {string} name  As in feed/templatetags/endpoints.py.
 * @param {Record<string, string>} [values]  Values for the placeholders, such as `{code: "k3v9"}`.
 * @returns {string}
 * @throws {Error} If the page does not pass this endpoint.
 */
export function endpoint(name, values = {}) {
  endpoints ??= /** @type {Record<string, string>} */ (
    JSON.parse(find(document, "#feed-endpoints").textContent ?? "{}")
  );
  const url = endpoints[name];
  if (url === undefined) throw new Error(`The page passes no endpoint “${name}”.`);
  const encoded = Object.entries(values).map(([key, value]) => [key, encodeURIComponent(value)]);
  return fillPlaceholders(url, Object.fromEntries(encoded));
}
