/** Makes the site installable: registers the worker that knows the page for when there is no connection. */
export function install(address) {
  addEventListener("load", () => navigator.serviceWorker?.register(address).catch(() => {}));
}
