/**
 * Keys: ↑ ↓ (also J K, Page keys, Home) move, space plays and pauses, ← → seek,
 * M sound, L like, S save, C captions.
 */
const SEEK_S = 2;
const TYPING = "input, textarea, select, [contenteditable]";

export function keyboard(feed) {
  const press = (act) => feed.current?.slide.querySelector(`[data-act="${act}"]`)?.click();
  const keys = {
    ArrowDown: () => feed.step(1),
    ArrowUp: () => feed.step(-1),
    PageDown: () => feed.step(1),
    PageUp: () => feed.step(-1),
    j: () => feed.step(1),
    k: () => feed.step(-1),
    ArrowLeft: () => feed.playback.skip(-SEEK_S),
    ArrowRight: () => feed.playback.skip(SEEK_S),
    Home: () => feed.go(0),
    " ": () => feed.playback.toggle(),
    m: () => feed.playback.toggleSound(),
    c: () => feed.playback.toggleCaptions(),
    l: () => press("like"),
    s: () => press("save"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest(TYPING)) return;
    // Space presses the button that has the focus; only the picture's own button is ours.
    if (event.key === " " && event.target.closest("a, button:not([data-act=toggle])")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
