/** The hashtag or mention that somebody types at this moment. */

const WORD =
  /(?:^|[^\p{L}\p{N}\p{M}_&/=@#])([#＃@])([\p{L}\p{M}\p{N}_.\u200c\u200d\u05be\u05f3\u05f4\u00b7\u30fb]{0,64})$/u;

/**
 * Return the word with a sign that ends at the cursor, or null if there is none. Nothing is suggested for a bare “#”.
 * @param {string} text
 * @param {number} cursor
 * @returns {{sign: string, typed: string, start: number} | null}
 */
export function wordAt(text, cursor) {
  const match = WORD.exec(text.slice(0, cursor));
  if (!match || (match[1] !== "@" && !match[2])) return null;
  return { sign: match[1] === "＃" ? "#" : match[1], typed: match[2], start: cursor - match[2].length - 1 };
}
