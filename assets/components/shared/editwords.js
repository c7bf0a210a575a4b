// A stack of edits in the words of a link, `head.1.6.zero~-mlp.3.mean`, as gpt/analysis/edit_lines.py reads and writes
// them: lines joined by "~", "-" in front of one that is switched off.

/** @typedef {{ words: string, on: boolean }} Word one line */

/** Where in a line, cut at its points, the number stands that a slider moves: two parts, for it has a point itself. */
const AMOUNT_AT = /** @type {Record<string, number>} */ ({ scale: 4, add: 4, weight: 5 });
const DIGITS = 4;

/**
 * A number as a line carries it: always with a point.
 * @param {number} x
 */
export const amountWord = (x) => {
  const text = String(+x.toFixed(DIGITS) + 0);
  return text.includes(".") ? text : text + ".0";
};

/**
 * The same line with another number.
 * @param {string} words
 * @param {number} amount
 */
export function withAmount(words, amount) {
  const parts = words.split(".");
  const at = AMOUNT_AT[parts[0]];
  if (at) parts.splice(at, 2, amountWord(amount));
  return parts.join(".");
}

/**
 * What a line is, whatever its number: as long as it stays, so do the elements that show it.
 * @param {string} words
 */
export const kindOf = (words) => withAmount(words, 0);

/** @param {readonly Word[]} lines */
export const stackWords = (lines) => lines.map(({ words, on }) => (on ? "" : "-") + words).join("~");

/**
 * The lines with one of them at another place.
 * @template Line
 * @param {readonly Line[]} lines
 * @param {number} from
 * @param {number} to
 */
export function reordered(lines, from, to) {
  const rest = lines.filter((_, i) => i !== from);
  const at = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, at), lines[from], ...rest.slice(at)];
}
