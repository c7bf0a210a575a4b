// How tokens and numbers are written, the same in every panel.

/** Blanks get a visible glyph and a name to be read aloud. @type {Record<string, [string, string]>} */
const BLANKS = { " ": ["·", "space"], "\n": ["↵", "newline"], "\t": ["⇥", "tab"], "\r": ["␍", "return"] };

/** @param {string} c */
const isHidden = (c) => /[\p{C}\p{Z}]/u.test(c);
/** @param {string} c */
const code = (c) => "U+" + (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

/**
 * A token as it is shown: nothing in it stays invisible.
 * @param {string} token
 */
export function glyph(token) {
  return [...token].map((c) => BLANKS[c]?.[0] ?? (isHidden(c) ? code(c) : c)).join("");
}

/**
 * A token as it is read aloud.
 * @param {string} token
 */
export function spoken(token) {
  return token.length === 1 ? (BLANKS[token]?.[1] ?? (isHidden(token) ? code(token) : token)) : token;
}

/**
 * A token of the text with its place, counted from 1.
 * @param {readonly string[]} tokens
 * @param {number} i
 */
export const named = (tokens, i) => `“${glyph(tokens[i])}” (${i + 1})`;

/**
 * A share of 1: whole percents, small ones to two digits.
 * @param {number} share
 */
export function percent(share) {
  return (share >= 0.0995 || share === 0 ? Math.round(share * 100) : +(share * 100).toPrecision(2)) + " %";
}

/**
 * Four decimals, and an exponent for what would be written as 0.
 * @param {number} x
 */
export const exact = (x) => (Math.abs(x) >= 1e-4 || x === 0 ? x.toFixed(4) : x.toExponential(2));

/**
 * Two decimals, never "-0.00".
 * @param {number} x
 */
export const hundredths = (x) => x.toFixed(2).replace(/^-(0\.0+)$/, "$1");

/** @param {number} n */
export const thousands = (n) => n.toLocaleString("en");
