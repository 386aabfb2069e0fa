/** Keeps what is typed as a draft, a moment after the last key and when the page is left. */
import { mountAll } from "../site/mount.js";

const QUIET_MS = 1000;
const AGAIN_MS = 5000;

export function mount(form) {
  const says = form.querySelector("[data-autosave-says]");
  let timer = null;
  let isDirty = false;

  async function keep({ isLeaving = false } = {}) {
    clearTimeout(timer);
    isDirty = false;
    const typed = new FormData(form);
    for (const name of ["file", "captions_file"]) typed.delete(name); // files travel by themselves
    typed.set("autosave", "1");
    try {
      const answer = await fetch(location.href, {
        method: "POST",
        body: typed,
        redirect: "manual",
        keepalive: isLeaving,
      });
      if (answer.status >= 500) throw new Error(String(answer.status));
      says.textContent = answer.status === 204 ? says.dataset.kept : "";
    } catch {
      says.textContent = says.dataset.notKept;
      later(AGAIN_MS);
    }
  }

  function later(wait) {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, wait);
  }

  form.addEventListener("input", (event) => event.target.type !== "file" && later(QUIET_MS));
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    isDirty = false;
  });
  addEventListener("pagehide", () => isDirty && keep({ isLeaving: true }));
}

mountAll("autosave", mount);
