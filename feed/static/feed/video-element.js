/** The <video> elements of the pool: made once, put into slides, and emptied. */
import { find } from "../site/mount.js";

/** @returns {HTMLVideoElement} */
export function makeVideo() {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, disableRemotePlayback: true, tabIndex: -1 });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("loadeddata", () => video.parentElement?.setAttribute("data-ready", ""));
  return video;
}

/**
 * Put a video into a slide, unless it is there. A slide that was emptied and filled again has lost its video.
 * @param {HTMLVideoElement} video
 * @param {HTMLElement} slide
 */
export function attach(video, slide) {
  const box = find(slide, "[data-part=video]");
  if (video.parentElement === box) return;
  box.replaceChildren(video);
  box.toggleAttribute("data-ready", video.readyState >= video.HAVE_CURRENT_DATA);
}

/**
 * Play a video, and return whether the browser refused it because the viewer has not touched the page.
 * @param {HTMLVideoElement} video
 * @returns {Promise<boolean>}
 */
export async function isPlayRefused(video) {
  try {
    await video.play();
    return false;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return error.name === "NotAllowedError"; // others: interrupted, or no file, which the video itself says
  }
}

/** @param {HTMLVideoElement} video */
export function release(video) {
  video.pause();
  video.parentElement?.removeAttribute("data-ready");
  video.remove();
  video.replaceChildren();
  video.removeAttribute("src");
  delete video.dataset.code;
  // Frees the decoder and the buffered data at once.
  video.load();
}
