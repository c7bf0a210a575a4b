// A program that is put together line by line: which lines, in which order, how far indented. Plain data, no page.

/** @typedef {[key: string, depth: number]} Place */

export const DEEPEST = 3;
export const BODY = 1; // how far the lines of a function are indented

/**
 * As the link has it: "hq1.hk1".
 * @param {readonly Place[]} places
 */
export const wordOf = (places) => places.map(([key, depth]) => key + depth).join(".");

/**
 * With a line put behind another one (-1: at the end), as far indented as the line above it.
 * @param {readonly Place[]} places
 * @param {string} key
 * @param {number} behind
 * @returns {Place[]}
 */
export function added(places, key, behind) {
  const at = behind < 0 ? places.length : behind + 1;
  const depth = Math.max(places[at - 1]?.[1] ?? BODY, BODY);
  return [...places.slice(0, at), [key, depth], ...places.slice(at)];
}

/**
 * Without a line.
 * @param {readonly Place[]} places
 * @param {string} key
 * @returns {Place[]}
 */
export const without = (places, key) => places.filter(([other]) => other !== key);

/**
 * With a line at another place (as far as there are any) and depth.
 * @param {readonly Place[]} places
 * @param {string} key
 * @param {number} at
 * @param {number} depth
 * @returns {Place[]}
 */
export function moved(places, key, at, depth) {
  const others = without(places, key);
  const to = Math.max(0, Math.min(others.length, at));
  return [...others.slice(0, to), [key, Math.max(0, Math.min(DEEPEST, depth))], ...others.slice(to)];
}

/**
 * What of a hint is told so far: every hint takes two steps, first where to look, then what is wrong.
 * @param {readonly [at: number, why: string][]} hints
 * @param {number} steps
 * @returns {string[]}
 */
export function told(hints, steps) {
  return hints.slice(0, Math.ceil(steps / 2)).map(([at, why], i) => {
    if (steps >= 2 * (i + 1)) return why;
    return at < 0 ? "A line is missing. Which?" : `Look at line ${at + 1}.`;
  });
}
