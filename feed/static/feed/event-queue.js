/** Events that wait for the server, oldest first. Pure: no page, no storage, no network. */

/**
 * @typedef {object} FeedEvent
 * @property {string} token  The clip's token from the feed, which says which clip was shown to whom.
 * @property {string} kind  "impression", "watch", "product_open" or "product_click".
 * @property {string} [product]  Slug.
 * @property {number} [value]  Of a watch: milliseconds.
 * @property {number} [loops]  Of a watch.
 */

/** The maximum number of events in one request to the API. */
export const MAX_BATCH = 50;
/** The maximum number of events in the browser's storage. Older ones are dropped. */
export const MAX_STORED = 500;

export class EventQueue {
  /** @param {FeedEvent[]} [events] */
  constructor(events = []) {
    this.events = events;
  }

  get length() {
    return this.events.length;
  }

  /**
   * Add an event. It replaces an earlier event with the same token, kind and product, such as a shorter watch.
   * @param {FeedEvent} event
   * @returns {boolean} False if the event has no token and is not added.
   */
  add(event) {
    if (!event.token) return false;
    this.events = this.events.filter(({ token, kind, product }) => {
      return token !== event.token || kind !== event.kind || product !== event.product;
    });
    this.events.push(event);
    return true;
  }

  /**
   * Remove events that the server has received. An event that was replaced in the meantime stays.
   * @param {FeedEvent[]} sent
   */
  remove(sent) {
    this.events = this.events.filter((event) => !sent.includes(event));
  }

  /**
   * Return all events in batches that the API accepts.
   * @returns {FeedEvent[][]}
   */
  batches() {
    const batches = [];
    for (let start = 0; start < this.events.length; start += MAX_BATCH) {
      batches.push(this.events.slice(start, start + MAX_BATCH));
    }
    return batches;
  }

  /**
   * Return the newest events, at most as many as the browser stores.
   * @returns {FeedEvent[]}
   */
  newest() {
    return this.events.slice(-MAX_STORED);
  }
}
