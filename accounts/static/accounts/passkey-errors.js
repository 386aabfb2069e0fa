/** Says why a passkey could not be created or used. allauth's scripts report it as an event of the document. */
import { mountAll } from "../site/mount.js";

/** @param {HTMLElement} notice */
export function mount(notice) {
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const isSupported = window.isSecureContext && "PublicKeyCredential" in window;
    notice.textContent = String(isSupported ? notice.dataset.refused : notice.dataset.unsupported);
    notice.hidden = false;
  });
}

mountAll("passkey-error", mount);
