/** The quantity of a product that may be chosen. Pure. */

/**
 * Return the quantity, reduced or raised to its limits, and the largest quantity allowed.
 * @param {number} quantity
 * @param {number} limit  The shop's limit for one product.
 * @param {number | null} stockLeft  Null when there are plenty.
 * @returns {{quantity: number, max: number}}
 */
export function clampQuantity(quantity, limit, stockLeft) {
  const max = Math.min(limit, stockLeft ?? limit);
  return { quantity: Math.max(1, Math.min(quantity, max)), max };
}
