// How tokens and numbers are written, the same in every panel.

/** Blanks get a visible glyph and a name to be read aloud. @type {Record<string, [string, string]>} */
const BLANKS = { " ": ["·", "space"], "\n": ["↵", "newline"], "\t": ["⇥", "tab"], "\r": ["␍", "return"] };

const CERTAIN = 1e-6; // a sum of 32-bit shares that misses 1 by less is 1

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
 * Names of what is hidden apart from the letters around them: "space the", "newline newline".
 * @param {string[]} said each character, by its name or as it is
 */
const spaced = (said) =>
  said.reduce((text, word, i) => text + (i && (word.length > 1 || said[i - 1].length > 1) ? " " : "") + word, "");

/**
 * A token as it is read aloud.
 * @param {string} token
 */
export function spoken(token) {
  const said = [...token].map((c) => BLANKS[c]?.[1] ?? (isHidden(c) ? code(c) : c));
  return said.every((word, i) => word === [...token][i]) ? token : spaced(said);
}

/**
 * A token of the text with its place, counted from 1.
 * @param {readonly string[]} tokens
 * @param {number} i
 */
export const named = (tokens, i) => `“${glyph(tokens[i])}” (${i + 1})`;

/**
 * A share of 1: whole percents, small ones to two digits; what is nearly all is not called all.
 * @param {number} share
 */
export function percent(share) {
  if (share >= 0.995 && share < 1 - CERTAIN) return "> 99 %";
  if (share > 0 && share < 0.00005) return "< 0.01 %";
  return (share >= 0.0995 || share === 0 ? Math.round(share * 100) : +(share * 100).toPrecision(2)) + " %";
}

/**
 * A share of 1 in percents with one decimal: as far as the weights of all heads are told to the browser.
 * @param {number} share
 */
export function tenths(share) {
  const shown = (share * 100).toFixed(1);
  if (shown === "100.0" && share < 1 - CERTAIN) return "> 99.9 %";
  return shown + " %";
}

/**
 * A number in so many digits, without an exponent where people need none.
 * @param {number} x
 * @param {number} [digits]
 */
export const short = (x, digits = 2) => String(+x.toPrecision(digits));

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

/** Parts of a sentence, each of which fits a line of the source. @param {string[]} parts */
export const joined = (...parts) => parts.join(" ");
