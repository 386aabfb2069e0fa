/** Moments in a clip as people write them, by the same rules as the server's timecode module. Pure. */

const TIMECODE = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/;

/**
 * Return the milliseconds of "4", "1:02.5" or "1:00:01", or null if the text is no timecode.
 * @param {string} text
 * @returns {number | null}
 */
export function parseTime(text) {
  const match = TIMECODE.exec(text.trim());
  if (!match) return null;
  const [, hours, minutes, seconds, fraction = "0"] = match;
  if ((minutes && Number(seconds) > 59) || (hours && Number(minutes) > 59)) return null;
  return (
    (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, "0"))
  );
}

/**
 * Return a moment as "1:02.5", to the nearest tenth of a second.
 * @param {number} milliseconds
 * @returns {string}
 */
export function formatTime(milliseconds) {
  const rounded = Math.round(milliseconds / 100) * 100;
  const seconds = Math.floor(rounded / 1000);
  const rest = rounded % 1000;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}${rest ? `.${rest / 100}` : ""}`;
}
