/** Cases answered with the keyboard: J and K move, numbers choose an answer, W writes, Enter sends. */
const cases = [...document.querySelectorAll("[data-case]")];
let here = 0;

function go(number) {
  here = Math.max(0, Math.min(number, cases.length - 1));
  cases[here].focus({ preventScroll: true });
  cases[here].scrollIntoView({ block: "start" });
}

function choose(number) {
  const radio = cases[here].querySelectorAll("[name=answer]")[number - 1];
  if (radio) radio.checked = true;
}

const actions = {
  j: () => go(here + 1),
  k: () => go(here - 1),
  w: () => cases[here].querySelector("[name=words]").focus(),
  enter: () => cases[here].querySelector("form").requestSubmit(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return cases[here].focus();
  if (event.target.closest("textarea, a, button, select")) return;
  const action =
    actions[event.key.toLowerCase()] ?? (/^[1-9]$/.test(event.key) ? () => choose(Number(event.key)) : null);
  if (!action) return;
  event.preventDefault();
  action();
});
for (const [number, one] of cases.entries()) one.addEventListener("focusin", () => (here = number));
cases[0]?.focus({ preventScroll: true });
