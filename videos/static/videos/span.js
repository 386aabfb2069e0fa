/** The time span in which a clip shows a product, in milliseconds. Pure. */

const STEP_MS = 100;
/** Two handles are never closer than this. */
export const MIN_SPAN_MS = 200;
const SUGGESTED_MS = 3000;
const MIN_SUGGESTED_MS = 2000;

/** @typedef {{start: number, end: number}} Span */

/**
 * Return a new position for one edge of a span: within the clip, and before or after the other edge.
 * @param {"start" | "end"} edge
 * @param {number} position
 * @param {Span} span  As it is.
 * @param {number} duration
 * @returns {number}
 */
export function moveEdge(edge, position, { start, end }, duration) {
  const [min, max] = edge === "start" ? [0, end - MIN_SPAN_MS] : [start + MIN_SPAN_MS, duration];
  const moved = Math.max(min, Math.min(max, position));
  // Fields show tenths of a second: the end is rounded down, so that it is never after the clip's.
  const isAtEnd = edge === "end" && moved > duration - STEP_MS;
  return isAtEnd ? Math.floor(duration / STEP_MS) * STEP_MS : moved;
}

/**
 * Return a span of three seconds from the current position, or the end of the clip.
 * @param {number} position
 * @param {number} duration
 * @returns {Span}
 */
export function suggestSpan(position, duration) {
  const start = Math.max(0, Math.min(position, duration - MIN_SUGGESTED_MS));
  return { start, end: Math.min(duration, start + SUGGESTED_MS) };
}
