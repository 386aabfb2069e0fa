/** Requests to this site's API. */
import { csrfToken } from "../site/mount.js";
import { toast } from "./announce.js";
import { message } from "./messages.js";

/** @typedef {Record<string, any>} ErrorBody  DRF's `{"detail": …}` or `{"field": […]}`. */

/** A response other than 2xx, with its status and parsed body. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {ErrorBody | null} body
   */
  constructor(status, body) {
    super(body?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.body = body ?? {};
  }
}

/** The server could not be reached, or the connection was lost before it answered. */
export class NetworkError extends Error {}

/**
 * Send a request and return the parsed body of the response, or null if it has none.
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body]  Sent as JSON.
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 * @throws {ApiError} If the server refuses.
 * @throws {NetworkError} If it cannot be reached.
 */
export async function request(method, url, body, headers = {}) {
  /** @type {Record<string, string>} */
  const sent = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRFToken"] = csrfToken();
  if (body !== undefined) sent["Content-Type"] = "application/json";
  const options = {
    method,
    credentials: /** @type {const} */ ("same-origin"),
    headers: sent,
    body: JSON.stringify(body),
  };
  const response = await fetch(url, options).catch((cause) => {
    throw new NetworkError("The server could not be reached.", { cause });
  });
  const parsed = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, parsed);
  return parsed;
}

/**
 * Return whether an error means that a request failed. False means that it is an error in the code.
 * @param {unknown} error
 * @returns {error is ApiError | NetworkError}
 */
export function isRequestError(error) {
  return error instanceof ApiError || error instanceof NetworkError;
}

/**
 * Send a request. If it fails, undo what the page already shows, report the error, and return undefined.
 * @template T
 * @param {() => Promise<T>} send
 * @param {() => void} [undo]
 * @returns {Promise<T | undefined>}
 */
export async function attempt(send, undo) {
  try {
    return await send();
  } catch (error) {
    if (!isRequestError(error)) throw error;
    undo?.();
    // A 409 has a sentence for the viewer, such as that a choice can't be stored without consent.
    toast(error instanceof ApiError && error.status === 409 ? error.message : message("failed"));
    return undefined;
  }
}
