/** Requests whose failure leaves the page as it is. */

/**
 * Return the parsed body of a response, or null if the server refused, broke off, or could not be reached.
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function fetchJson(url, options) {
  try {
    const response = await fetch(url, options);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
