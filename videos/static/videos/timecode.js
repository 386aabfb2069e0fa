/** Moments in a clip as people write them; the same rules as videos/timecode.py. */
export function parseTime(text) {
  const found = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (!found) return null;
  const [, hours = 0, minutes = 0, seconds, fraction = "0"] = found;
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"));
}

export function formatTime(milliseconds) {
  const whole = Math.round(milliseconds / 100) * 100;
  const seconds = Math.floor(whole / 1000);
  const rest = whole % 1000;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}${rest ? `.${rest / 100}` : ""}`;
}
