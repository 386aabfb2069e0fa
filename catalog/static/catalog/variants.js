/** Which variant of a product is meant by the values that were chosen for its options. Pure. */

/**
 * @typedef {object} Choosable  A variant.
 * @property {number} id
 * @property {string[]} options  A value for each option.
 * @property {boolean} is_in_stock
 */

/** @typedef {(string | null)[]} Values  What is chosen for each option; null for nothing yet. */

/**
 * Return the different values of an option, in the order of the variants.
 * @param {Choosable[]} variants
 * @param {number} index  Of the option.
 * @returns {string[]}
 */
export function listValues(variants, index) {
  return [...new Set(variants.map((variant) => variant.options[index] ?? ""))];
}

/**
 * Return the variant with these values, or undefined if there is none or a value is missing.
 * @template {Choosable} Variant
 * @param {Variant[]} variants
 * @param {Values} values
 * @returns {Variant | undefined}
 */
export function findVariant(variants, values) {
  return variants.find(({ options }) => values.every((value, index) => value === (options[index] ?? "")));
}

/**
 * Return whether a value cannot be bought together with what is chosen for the other options.
 * @param {Choosable[]} variants
 * @param {Values} values
 * @param {number} index
 * @param {string} value
 */
export function isSoldOut(variants, values, index, value) {
  return !hasStock(variants, values.with(index, value));
}

/**
 * Return what is chosen before anybody chose: the only variant in stock or, if they can be bought, preferred values.
 * An option with one value needs no choice.
 * @param {Choosable[]} variants
 * @param {string[]} names  Of the options.
 * @param {Record<string, string[]>} preferred  By `optionKey`, the best first.
 * @returns {Values}
 */
export function chooseInitially(variants, names, preferred) {
  const inStock = variants.filter((variant) => variant.is_in_stock);
  if (inStock.length === 1) return names.map((_name, index) => inStock[0].options[index] ?? "");
  const only = names.map((_name, index) => {
    const values = listValues(variants, index);
    return values.length === 1 ? values[0] : null;
  });
  return names.reduce((values, name, index) => {
    if (values[index] !== null) return values;
    const offered = listValues(variants, index);
    const fitting = (preferred[optionKey(name)] ?? [])
      .map((text) => offered.find((value) => optionKey(value) === optionKey(text)))
      .filter((value) => value !== undefined)
      .map((value) => values.with(index, value));
    return fitting.find((chosen) => hasStock(variants, chosen)) ?? values;
  }, /** @type {Values} */ (only));
}

/**
 * Return what option names and values are compared by: "Size" is "SIZE".
 * @param {string} text
 */
export function optionKey(text) {
  return text.trim().toLowerCase();
}

/**
 * @param {Choosable[]} variants
 * @param {Values} values
 */
function hasStock(variants, values) {
  return variants.some(
    ({ options, is_in_stock }) =>
      is_in_stock && values.every((value, index) => value === null || value === (options[index] ?? "")),
  );
}
