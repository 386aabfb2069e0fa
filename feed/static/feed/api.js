/** Requests to this site's API. Failures are `ApiError` with the status and the parsed answer. */
import { csrfToken } from "../site/mount.js";

export class ApiError extends Error {
  constructor(status, answer) {
    super(answer?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.answer = answer ?? {};
  }
}

export async function ask(method, url, body, headers = {}) {
  const options = { method, credentials: "same-origin", headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") options.headers["X-CSRFToken"] = csrfToken();
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const response = await fetch(url, options);
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}
