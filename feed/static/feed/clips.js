/**
 * The clips of the feed by index. Clips far from the one in view are moved to the tab's storage, so that memory use
 * does not grow while the viewer swipes. If there is no storage, or no space in it, they stay in memory.
 */

/**
 * @typedef {object} Price
 * @property {number} amount_minor
 * @property {string} currency  ISO 4217.
 * @property {string} text  For people: "$19.99".
 *
 * @typedef {object} Product
 * @property {string} slug
 * @property {string} name
 * @property {string} brand
 * @property {string} url
 * @property {Price} price  The lowest for which a variant can be bought.
 * @property {string} price_text  For people: "$19.99", or "from $19.99" if another variant costs more.
 * @property {boolean} is_in_stock
 * @property {number | null} stock_left  Null unless few are left.
 * @property {number | null} rating_average  Stars to one decimal, null without ratings.
 * @property {number} rating_count
 * @property {string} drift  How the price changed since the clip was approved, or "".
 * @property {{small: string, large: string, text: string}[]} pictures
 * @property {string} [description]
 * @property {boolean} is_for_sale  Whether this shop takes orders, or another shop sells it.
 * @property {boolean} is_outbound  Whether another shop sells it.
 * @property {string} [outbound]  The signed link to that shop.
 *
 * @typedef {object} ProductTag
 * @property {number | null} start_ms  Of a film: from when to when the product is shown.
 * @property {number | null} end_ms
 * @property {number | null} photo  Of photos: the id of the photo, and the place as parts of its width and height.
 * @property {number | null} x
 * @property {number | null} y
 * @property {Product} product
 *
 * @typedef {object} Photo
 * @property {number} id
 * @property {string} text  What it shows, in words.
 * @property {number} width_px
 * @property {number} height_px
 * @property {string} url
 * @property {string} avif  A srcset.
 * @property {string} jpeg  A srcset.
 *
 * @typedef {object} Creator
 * @property {string} handle
 * @property {string} name
 * @property {string} url
 * @property {string | null} avatar
 * @property {boolean} is_followed
 *
 * @typedef {{text: string, url: string}} CaptionPart  A piece of a caption, with the URL of what it names or "".
 *
 * @typedef {object} Clip  A clip as the feed's API returns it.
 * @property {string} code
 * @property {string} url
 * @property {"film" | "photos"} medium
 * @property {Photo[]} photos  None if it is a film.
 * @property {string} token  Empty if nothing may be stored about the viewer.
 * @property {string} seen  Then in place of the token, for purchases.
 * @property {string} caption
 * @property {CaptionPart[]} caption_parts
 * @property {string} language
 * @property {string | null} captions  URL of the WebVTT file.
 * @property {string} ad_label
 * @property {boolean} is_sponsored
 * @property {string | null} poster
 * @property {number} width_px
 * @property {number} height_px
 * @property {Creator} creator
 * @property {ProductTag[]} tags
 * @property {{code: string, text: string}[]} reasons
 * @property {import("./renditions.js").Rendition[]} renditions
 * @property {boolean} is_liked
 * @property {boolean} is_saved
 */

/** How many clips before and after the one in view stay in memory. */
const NEAR = 20;

/** @param {number} index */
const storageKey = (index) => `feed-clip-${index}`;

/** Remove what an earlier page left in the tab's storage, before a new feed: it may be of another person. */
export function dropStored() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith("feed-clip-")) sessionStorage.removeItem(name);
  } catch {
    // Nothing is stored either.
  }
}

export class Clips {
  /** @type {(Clip | null)[]} Null if the clip is in the tab's storage. */
  #clips;
  /** @type {Map<string, boolean>} By handle: whether the viewer follows the creator, if changed on this page. */
  #followed = new Map();

  /** @param {(Clip | null)[]} clips */
  constructor(clips) {
    this.#clips = clips;
  }

  get length() {
    return this.#clips.length;
  }

  /** @returns {(Clip | null)[]} All clips, null if the clip is in the tab's storage. */
  stored() {
    return this.#clips;
  }

  /** @param {Clip} clip */
  push(clip) {
    this.#clips.push(clip);
  }

  /**
   * Remove all clips from an index on.
   * @param {number} length
   */
  truncate(length) {
    this.#clips.length = Math.min(this.#clips.length, length);
  }

  /**
   * @param {Clip} clip
   * @returns {number} -1 if the clip is not in memory.
   */
  indexOf(clip) {
    return this.#clips.indexOf(clip);
  }

  /**
   * Return the clip at an index, or undefined if there is none or the tab's storage has lost it.
   * @param {number} index
   * @returns {Clip | undefined}
   */
  at(index) {
    const clip = this.#clips[index];
    if (clip !== null) return clip;
    const loaded = load(index);
    if (!loaded) return undefined;
    loaded.creator.is_followed = this.#followed.get(loaded.creator.handle) ?? loaded.creator.is_followed;
    return (this.#clips[index] = loaded);
  }

  /**
   * Move the clips that are far from `index` to the tab's storage.
   * @param {number} index
   */
  keepAround(index) {
    this.#clips.forEach((clip, position) => {
      if (clip && Math.abs(position - index) > NEAR && store(position, clip)) this.#clips[position] = null;
    });
  }

  /**
   * Store on all clips of a creator whether the viewer follows that creator.
   * @param {string} handle
   * @param {boolean} isFollowed
   */
  follow(handle, isFollowed) {
    this.#followed.set(handle, isFollowed);
    for (const clip of this.#clips) if (clip?.creator.handle === handle) clip.creator.is_followed = isFollowed;
  }
}

/**
 * @param {number} index
 * @returns {Clip | null} Null if the tab's storage doesn't hold it any more.
 */
function load(index) {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey(index)) ?? "null");
  } catch {
    return null; // no storage, or what it holds is damaged
  }
}

/**
 * Return false if the tab's storage is missing or full.
 * @param {number} index
 * @param {Clip} clip
 * @returns {boolean}
 */
function store(index, clip) {
  try {
    sessionStorage.setItem(storageKey(index), JSON.stringify(clip));
    return true;
  } catch {
    return false;
  }
}
