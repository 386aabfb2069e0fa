/** What was seen of one clip: the impression after a second in view, the milliseconds that really played, and loops. */
import { tell } from "./outbox.js";

const IMPRESSION_MS = 1000;

export class Watched {
  #ms = 0;
  #loops = 0;
  #last = 0;
  #timer;

  constructor(clip, video) {
    Object.assign(this, { clip, video });
    this.onTime = () => this.#add();
    this.#timer = setTimeout(() => this.#impression(), IMPRESSION_MS);
    this.#last = video.currentTime;
    video.addEventListener("timeupdate", this.onTime);
  }

  #impression() {
    if (document.visibilityState === "visible") tell({ token: this.clip.token, kind: "impression" });
  }

  #add() {
    const now = this.video.currentTime;
    const passed = now - this.#last;
    if (passed < 0 && this.video.duration - this.#last < 1) {
      this.#loops += 1;
      this.#ms += (this.video.duration - this.#last + now) * 1000;
    } else if (passed > 0 && passed < 1.5) {
      this.#ms += passed * 1000;
    }
    this.#last = now;
  }

  tell() {
    this.#add();
    const value = Math.round(this.#ms);
    if (value > 0) tell({ token: this.clip.token, kind: "watch", value, loops: this.#loops });
  }

  stop() {
    clearTimeout(this.#timer);
    this.tell();
    this.video.removeEventListener("timeupdate", this.onTime);
  }
}
