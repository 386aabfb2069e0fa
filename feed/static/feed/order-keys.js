/** Idempotency keys of orders: an order that the server may have received is sent again with the same key. */
import { ApiError } from "./api.js";

export class OrderKeys {
  /** @type {Map<string, string>} By product: the keys of orders without a definite answer. */
  #open = new Map();

  /**
   * Send the order of a product. Until the server has accepted or refused it, the product's orders have the same key.
   * @template T
   * @param {string} slug
   * @param {(headers: Record<string, string>) => Promise<T>} send
   * @returns {Promise<T>}
   */
  async send(slug, send) {
    const key = this.#open.get(slug) ?? crypto.randomUUID();
    this.#open.set(slug, key);
    try {
      const answer = await send({ "Idempotency-Key": key });
      this.#open.delete(slug);
      return answer;
    } catch (error) {
      if (isRefusal(error)) this.#open.delete(slug);
      throw error;
    }
  }
}

/**
 * Return whether an error settles an order. After a 402 without a code, the payment is tried again with the same key.
 * @param {unknown} error
 */
function isRefusal(error) {
  if (!(error instanceof ApiError)) return false;
  return [400, 409, 422].includes(error.status) || (error.status === 402 && Boolean(error.body.code));
}
