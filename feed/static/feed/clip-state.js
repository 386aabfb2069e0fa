/** What keeps a clip from playing: the sign over its picture, the words for it, and the way forward. */
import { find } from "../site/mount.js";
import { announce } from "./announce.js";
import { message } from "./messages.js";

/** @typedef {"" | "refused" | "waiting" | "slow" | "failed" | "offline" | "ended"} ClipState  Empty if nothing is wrong. */

/** A clip that loads says so after this time. */
export const WAITING_MS = 700;
/** A clip that has not begun, or not gone on, after this time can be tried again or skipped. */
export const SLOW_MS = 7000;

/** @type {Record<ClipState, string>} The message on the button that goes on with the clip. */
const ACTIONS = {
  "": "",
  refused: "play_clip",
  waiting: "",
  slow: "try_again",
  failed: "try_again",
  offline: "try_again",
  ended: "watch_again",
};

/**
 * Return the state of a clip's video.
 * @param {object} facts
 * @param {boolean} facts.hasError
 * @param {boolean} facts.isRefused  Whether the browser refused to play it without a touch.
 * @param {boolean} facts.hasEnded
 * @param {boolean} facts.isStopped  Whether the viewer paused it, or has not started it yet.
 * @param {boolean} facts.isReady  Whether there is enough data to go on.
 * @param {number} facts.waitedMs  How long there has not been.
 * @param {boolean} facts.isOnline
 * @returns {ClipState}
 */
export function stateOf({ hasError, isRefused, hasEnded, isStopped, isReady, waitedMs, isOnline }) {
  if (hasError) return isOnline ? "failed" : "offline";
  if (isRefused) return "refused";
  if (hasEnded) return "ended";
  if (isStopped || isReady || waitedMs < WAITING_MS) return "";
  if (!isOnline) return "offline";
  return waitedMs < SLOW_MS ? "waiting" : "slow";
}

/**
 * Return the state of a video now.
 * @param {HTMLVideoElement} video
 * @param {{isRefused: boolean, isStopped: boolean, waitedMs: number}} facts
 * @returns {ClipState}
 */
export function readState(video, facts) {
  const isReady = video.readyState >= video.HAVE_FUTURE_DATA;
  const { onLine: isOnline } = navigator;
  return stateOf({ ...facts, hasError: Boolean(video.error), hasEnded: video.ended, isReady, isOnline });
}

/**
 * Show a state on a slide, and announce it to screen readers. Waiting is too short to be announced.
 * @param {HTMLElement} slide
 * @param {ClipState} state
 */
export function showState(slide, state) {
  if ((slide.dataset.state ?? "") === state) return;
  if (state) slide.dataset.state = state;
  else delete slide.dataset.state;
  const box = find(slide, "[data-part=state]");
  box.hidden = !state;
  if (!state) return;
  const text = message(`state_${state}`);
  find(box, "[data-part=state-text]").textContent = text;
  find(box, "[data-part=state-actions]").hidden = !ACTIONS[state];
  find(box, "[data-act=retry]").textContent = ACTIONS[state] && message(ACTIONS[state]);
  if (ACTIONS[state]) announce(text);
}
