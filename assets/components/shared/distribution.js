// What the next token is drawn from: how likely each is, what removed it, and where a draw falls.

import { pipeline, REMOVED_BY } from "./pipeline.js";

/** @typedef {import("./pipeline.js").Settings} Settings */
/**
 * @typedef {object} Distribution
 * @property {Float64Array} p (V,) what the next token is drawn from
 * @property {Float64Array} before (V,) before anything is removed
 * @property {("" | "greedy" | "top-k" | "top-p" | "min-p")[]} removed what removed each token
 * @property {number[]} order ids, likeliest first; of equals the smaller id
 */

/**
 * @param {ArrayLike<number>} logits (V,)
 * @param {Settings} settings
 * @param {number[]} [seen] ids that the repetition penalty is about
 * @returns {Distribution}
 */
export function distribution(logits, settings, seen = []) {
  const { p, removed, order } = pipeline(logits, settings, seen);
  const all = pipeline(logits, { ...settings, top_k: 0, top_p: 1, min_p: 0, greedy: false }, seen);
  return { p, before: all.p, removed: Array.from(removed, (code) => REMOVED_BY[code]), order: [...order] };
}

/**
 * Entropy in bits.
 * @param {Float64Array} p
 */
export function entropy(p) {
  let sum = 0;
  for (const x of p) if (x > 0) sum -= x * Math.log2(x);
  return sum;
}

/**
 * How many tokens can be drawn.
 * @param {Float64Array} p
 */
export const possible = (p) => p.reduce((n, x) => n + (x > 0 ? 1 : 0), 0);

/**
 * Every token that can be drawn as a stretch from 0 to 1, in order of ids, and the one that u falls on.
 * @param {Float64Array} p
 * @param {number} u
 * @returns {{ starts: [id: number, start: number][], hit: number }}
 */
export function stretches(p, u) {
  /** @type {[number, number][]} */
  const starts = [];
  let start = 0;
  let hit = -1;
  p.forEach((share, i) => {
    if (share <= 0) return;
    if (start <= u) hit = i;
    starts.push([i, start]);
    start += share;
  });
  return { starts, hit };
}
