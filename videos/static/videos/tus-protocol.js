/** The parts of the tus protocol that need neither a network nor a page. Source: tus.io, protocol 1.0.0. */

/** Statuses after which another try may succeed: lost races, locks, restarts. 404 while the server starts. */
const TRANSIENT_STATUSES = [404, 409, 423, 460, 500, 502, 503, 504];
const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/**
 * Return whether another try may succeed after a response with this status.
 * @param {number} status
 * @returns {boolean}
 */
export function isTransient(status) {
  return TRANSIENT_STATUSES.includes(status);
}

/**
 * Return how long to wait before a retry, in milliseconds.
 * @param {number} retry  1 for the first.
 * @returns {number}
 */
export function retryDelay(retry) {
  return RETRY_DELAYS_MS[Math.min(retry, RETRY_DELAYS_MS.length) - 1];
}

/**
 * Return the value of an `Upload-Metadata` header: keys with Base64 of the UTF-8 values.
 * @param {Record<string, string>} metadata
 * @returns {string}
 */
export function encodeMetadata(metadata) {
  return Object.entries(metadata)
    .map(([key, value]) => `${key} ${btoa(String.fromCodePoint(...new TextEncoder().encode(value)))}`)
    .join(",");
}
