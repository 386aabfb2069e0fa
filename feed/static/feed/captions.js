/** Captions as our own line over the picture: large, on a dark ground, clear of the buttons. Asked for with every frame. */
const words = new WeakMap();

export function captionsAt(slide, video, isShown) {
  const line = slide.querySelector("[data-part=captions]");
  const track = video.textTracks[0];
  if (track && track.mode !== "hidden") track.mode = "hidden";
  const cues = isShown && track?.activeCues ? [...track.activeCues] : [];
  const text = cues.map(wordsOf).join("\n");
  if (line.textContent !== text) line.textContent = text;
  if (line.hidden === Boolean(text)) line.hidden = !text;
}

/** WebVTT may carry tags of its own; getCueAsHTML leaves their text. */
function wordsOf(cue) {
  if (!words.has(cue)) words.set(cue, cue.getCueAsHTML().textContent);
  return words.get(cue);
}
