/**
 * The clips of the feed by their place. Those far from the one in view wait in the tab's storage, so that memory stays
 * the same however long somebody swipes; where there is none, or no more of it, they stay.
 */
const NEAR = 20;
const key = (index) => `feed-clip-${index}`;

export class Clips {
  #kept;
  #followed = new Map();

  constructor(clips) {
    this.#kept = clips;
  }

  get length() {
    return this.#kept.length;
  }

  push(clip) {
    this.#kept.push(clip);
  }

  indexOf(clip) {
    return this.#kept.indexOf(clip);
  }

  at(index) {
    if (this.#kept[index] === null) this.#kept[index] = this.#fetch(index);
    return this.#kept[index];
  }

  /** Put away what is far from `index`. */
  stayAround(index) {
    this.#kept.forEach((clip, one) => {
      if (clip && Math.abs(one - index) > NEAR && putAway(one, clip)) this.#kept[one] = null;
    });
  }

  follow(handle, isOn) {
    this.#followed.set(handle, isOn);
    for (const clip of this.#kept) if (clip?.creator.handle === handle) clip.creator.is_followed = isOn;
  }

  #fetch(index) {
    const clip = JSON.parse(sessionStorage.getItem(key(index)));
    const { creator } = clip;
    creator.is_followed = this.#followed.get(creator.handle) ?? creator.is_followed;
    return clip;
  }
}

function putAway(index, clip) {
  try {
    sessionStorage.setItem(key(index), JSON.stringify(clip));
    return true;
  } catch {
    return false;
  }
}
