/** The search form, which is submitted as soon as a category is chosen, and finds products near the browser's location. */
import { find, mountAll } from "../site/mount.js";

const DECIMALS = 2; // about a kilometre: the shop need not know more

/** @param {HTMLFormElement} form */
export function mount(form) {
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "category") form.requestSubmit();
  });
  if ("geolocation" in navigator) offerLocation(form);
}

/**
 * Show the button that puts the browser's location in place of what was typed.
 * @param {HTMLFormElement} form
 */
function offerLocation(form) {
  const button = find(form, "[data-locate]", HTMLButtonElement);
  const place = find(form, "[name=at]", HTMLInputElement);
  const words = find(form, "[name=near]", HTMLInputElement);
  button.hidden = false;
  words.addEventListener("input", () => (place.value = ""));
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        place.value = `${coords.latitude.toFixed(DECIMALS)},${coords.longitude.toFixed(DECIMALS)}`;
        words.value = "";
        form.requestSubmit();
      },
      () => {
        button.disabled = false;
        find(form, "[data-locate-problem]").hidden = false;
      },
    );
  });
}

mountAll("search", mount);
