/** The URLs of the API, which the page passes in `<script id="feed-endpoints">`: name to URL with placeholders. */
import { find } from "../site/mount.js";
import { fillPlaceholders } from "./placeholders.js";

/** @type {Record<string, string> | undefined} */
let endpoints;

/**
 * Return the URL of an endpoint.
 * @param {string} name  As in feed/templatetags/endpoints.py.
 * @param {Record<string, string>} [values]  For its placeholders: `{code: "k3v9"}`.
 * @returns {string}
 * @throws {Error} If the page passes no such endpoint.
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
