/** Registration of the service worker, which makes the site installable and shows a page when it is offline. */

/**
 * Register the service worker once the page has loaded.
 * @param {string} url
 */
export function registerServiceWorker(url) {
  addEventListener("load", () => navigator.serviceWorker?.register(url).catch(() => {}));
}
