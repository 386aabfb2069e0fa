/** Shows which wording rules a caption breaks, shortly after the last key press. */
import { fetchJson } from "../site/fetch-json.js";
import { csrfToken, mountAll } from "../site/mount.js";

const CHECK_AFTER_MS = 400;

/** @typedef {{severity: string, words: string, message: string, suggestion: string}} Match  As the wording API returns it. */

/** @param {HTMLTextAreaElement} field  The caption. */
export function mount(field) {
  const form = /** @type {HTMLFormElement} */ (field.form);
  const list = document.createElement("ul");
  list.className = "wording";
  list.setAttribute("role", "status");
  field.after(list);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let latestRequest = 0;

  async function check() {
    const request = ++latestRequest;
    const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name^=tags-][name$=-slug]"));
    const products = [...inputs].map((input) => input.value).filter(Boolean);
    const select = form.elements.namedItem("campaign");
    const campaign = (select instanceof HTMLSelectElement && select.selectedOptions[0]?.dataset.slug) || "";
    const matches = await fetchJson(String(field.dataset.checked), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ caption: field.value, products, campaign }),
    });
    if (matches && request === latestRequest) list.replaceChildren(...matches.map(makeLine));
  }

  /** @param {Match} match */
  function makeLine(match) {
    const line = document.createElement("li");
    line.className = `wording__hit wording__hit--${match.severity}`;
    line.dir = "auto";
    const quote = Object.assign(document.createElement("strong"), { textContent: `“${match.words}” ` });
    line.append(quote, `${match.message} ${match.suggestion}`);
    return line;
  }

  function checkSoon() {
    clearTimeout(timer);
    timer = setTimeout(check, CHECK_AFTER_MS);
  }

  field.addEventListener("input", checkSoon);
  form.addEventListener("change", checkSoon);
  if (field.value) check();
}

mountAll("checked", mount);
