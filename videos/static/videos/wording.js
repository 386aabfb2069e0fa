/** Shows which rules of wording a caption breaks, a moment after typing stops. */
import { csrfToken, mountAll } from "../site/mount.js";

const PAUSE_MS = 400;

export function mount(field) {
  const list = document.createElement("ul");
  list.className = "wording";
  list.setAttribute("role", "status");
  field.after(list);
  let timer = 0;
  let asked = 0;

  async function check() {
    const number = ++asked;
    const products = [...document.querySelectorAll("[name^=tags-][name$=-slug]")]
      .map((input) => input.value)
      .filter(Boolean);
    const campaign = field.form.elements.campaign?.selectedOptions?.[0]?.dataset.slug ?? "";
    const response = await fetch(field.dataset.checked, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      body: JSON.stringify({ caption: field.value, products, campaign }),
    }).catch(() => null);
    if (!response?.ok || number !== asked) return;
    list.replaceChildren(...(await response.json()).map(line));
  }

  function line(hit) {
    const item = document.createElement("li");
    item.className = `wording__hit wording__hit--${hit.severity}`;
    item.dir = "auto";
    item.append(
      Object.assign(document.createElement("strong"), { textContent: `“${hit.words}” ` }),
      `${hit.message} ${hit.suggestion}`,
    );
    return item;
  }

  const later = () => (clearTimeout(timer), (timer = setTimeout(check, PAUSE_MS)));
  field.addEventListener("input", later);
  field.form.addEventListener("change", later);
  if (field.value) check();
}

mountAll("checked", mount);
