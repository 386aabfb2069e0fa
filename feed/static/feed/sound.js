/** Sound and captions: what the viewer chose, kept in the browser, and the buttons that show it. */
import { closest } from "../site/mount.js";
import { setPressed, showSound } from "./slide.js";
import { readItem, writeItem } from "./storage.js";

/** @import { Playback } from "./playback.js" */

const SOUND_KEY = "feed-sound";
const CAPTIONS_KEY = "feed-captions";

export class Sound {
  /** @param {Playback} playback */
  constructor(playback) {
    this.playback = playback;
    this.isWanted = readItem(SOUND_KEY) === "on";
    this.captions = readItem(CAPTIONS_KEY);
    // Browsers refuse sound before the viewer has touched the page. Sound that was chosen earlier comes with a touch.
    for (const type of ["click", "touchend", "keyup"]) {
      addEventListener(type, (event) => closest(event, "[data-act=sound]") || this.#restore(), { passive: true });
    }
  }

  /** Captions are on by default while there is no sound. */
  get hasCaptions() {
    return this.captions ? this.captions === "on" : (this.playback.video?.muted ?? true);
  }

  toggle() {
    const { video } = this.playback;
    if (!video) return;
    this.isWanted = video.muted;
    video.muted = !this.isWanted;
    writeItem(SOUND_KEY, this.isWanted ? "on" : "off");
    this.show();
  }

  toggleCaptions() {
    this.captions = this.hasCaptions ? "off" : "on";
    writeItem(CAPTIONS_KEY, this.captions);
    this.show();
  }

  /** Show on the slide's buttons whether sound and captions are on. */
  show() {
    const { feed, video } = this.playback;
    const { slide } = feed.current ?? {};
    if (!slide) return;
    const isOn = video ? !video.muted : this.isWanted;
    showSound(slide, isOn, `${feed.root.dataset.icons}#${isOn ? "sound-on" : "sound-off"}`);
    setPressed(slide, "captions", this.hasCaptions);
  }

  #restore() {
    const { video } = this.playback;
    const { isActive = true } = navigator.userActivation ?? {};
    if (!this.isWanted || !isActive || !video?.muted || video.paused) return;
    video.muted = false;
    this.show();
  }
}
