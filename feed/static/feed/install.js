/** Makes the site installable, and gives it a page for when there is no connection. */

/**
 * Register the service worker once the page has loaded.
 * @param {string} url
 */
export function registerServiceWorker(url) {
  addEventListener("load", () => navigator.serviceWorker?.register(url).catch(() => {}));
}
