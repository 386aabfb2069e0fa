/** How many of a product may be chosen. Pure. */

/**
 * Return the quantity brought within its limits, and the largest one allowed.
 * @param {number} quantity
 * @param {number} limit  Of the shop, for one product.
 * @param {number | null} stockLeft  Null when there are plenty.
 * @returns {{quantity: number, max: number}}
 */
export function clampQuantity(quantity, limit, stockLeft) {
  const max = Math.min(limit, stockLeft ?? limit);
  return { quantity: Math.max(1, Math.min(quantity, max)), max };
}
