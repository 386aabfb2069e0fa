/** Captions as our own line over the picture: large, on a dark ground, clear of the buttons. */
export function captionsAt(slide, video, isShown) {
  const line = slide.querySelector("[data-part=captions]");
  const track = video.textTracks[0];
  if (track && track.mode !== "hidden") track.mode = "hidden";
  const cues = isShown && track?.activeCues ? [...track.activeCues] : [];
  // WebVTT may carry tags of its own; getCueAsHTML leaves their text.
  const text = cues.map((cue) => cue.getCueAsHTML().textContent).join("\n");
  if (line.textContent !== text) line.textContent = text;
  if (line.hidden === Boolean(text)) line.hidden = !text;
}
