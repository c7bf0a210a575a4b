// Two maps of one head side by side: what a pair of tokens has in both, and the scale of their differences.

import { glyph, tenths } from "./text.js";

const ENDS = [1, 2, 5, 10, 20, 50, 100]; // points of a difference that the colours may end at
const WHOLE = 65535;

/**
 * One pair of tokens in words.
 * @param {{ tokens: string[], places: [inA: number, inB: number][], causal: boolean }} payload
 * @param {number} a share in A
 * @param {number} b share in B
 * @param {number} query
 * @param {number} key
 */
export function tellPair({ tokens, places, causal }, a, b, query, key) {
  const name = (/** @type {number} */ i) => {
    const [inA, inB] = places[i];
    return `“${glyph(tokens[i])}” (${inA === inB ? inA + 1 : `${inA + 1} in A, ${inB + 1} in B`})`;
  };
  if (causal && key > query) return `${name(query)} cannot look at ${name(key)}: masked, exactly 0.`;
  const points = ((b - a) * 100).toFixed(1).replace(/^-(0\.0)$/, "$1");
  const more = b > a ? "+" : "";
  return `${name(query)} looks at ${name(key)}: A ${tenths(a)}, B ${tenths(b)}, B − A ${more}${points} points.`;
}

/**
 * Where the colours of all differences end, in points: one scale for all heads, as narrow as the largest allows.
 * @param {Uint16Array} a
 * @param {Uint16Array} b
 */
export function scaleOf(a, b) {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(b[i] - a[i]));
  return ENDS.find((end) => end >= (100 * most) / WHOLE) ?? 100;
}
