/** Amounts of money in the page's language, formatted in the same way as on the server. */

/**
 * Return an amount as text: 1999 USD is "$19.99" in English. Digits are Latin in every language.
 * @param {number} amountMinor  In minor units of the currency.
 * @param {string} currency  ISO 4217.
 * @param {string} language  BCP 47.
 * @returns {string}
 */
export function formatMoney(amountMinor, currency, language) {
  const format = new Intl.NumberFormat(language, { style: "currency", currency, numberingSystem: "latn" });
  const { maximumFractionDigits = 2 } = format.resolvedOptions();
  return format.format(amountMinor / 10 ** maximumFractionDigits);
}

/**
 * Return an amount as text in the language and direction of the page.
 * @param {number} amountMinor
 * @param {string} currency
 * @returns {string}
 */
export function pageMoney(amountMinor, currency) {
  const text = formatMoney(amountMinor, currency, document.documentElement.lang);
  return document.dir === "rtl" ? `${text}\u200e` : text; // keeps the dollar sign of “US$” behind its letters
}
