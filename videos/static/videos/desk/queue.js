/** The queue: storyboards play under the pointer or on focus, N starts. */
const FRAME_MS = 250;

export function playStoryboard(svg) {
  const [columns, count, width, height] = svg.dataset.storyboard.split(" ").map(Number);
  const row = svg.closest(".desk-row");
  let timer = 0;
  let number = 0;
  const show = (index) =>
    svg.setAttribute(
      "viewBox",
      `${(index % columns) * width} ${Math.floor(index / columns) * height} ${width} ${height}`,
    );
  const stop = () => (clearInterval(timer), (timer = 0), show((number = 0)));
  const start = () => {
    if (!timer) timer = setInterval(() => show((number = (number + 1) % count)), FRAME_MS);
  };
  row.addEventListener("pointerenter", start);
  row.addEventListener("pointerleave", stop);
  row.addEventListener("focusin", start);
  row.addEventListener("focusout", stop);
}

for (const svg of document.querySelectorAll(".desk-row [data-storyboard]:not([data-storyboard=''])"))
  playStoryboard(svg);

document.addEventListener("keydown", (event) => {
  if (
    event.key.toLowerCase() !== "n" ||
    event.ctrlKey ||
    event.metaKey ||
    event.target.closest("input:not([type=checkbox]), select, textarea")
  )
    return;
  document.querySelector(".desk-start")?.click();
});
