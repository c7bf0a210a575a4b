// From logits to what may be drawn, in doubles, by the rule of gpt/sampling.py: temperature, top-k, top-p, renormalise.

/**
 * @typedef {object} Settings
 * @property {number} temperature
 * @property {number} top_k 0: all
 * @property {number} top_p
 * @property {boolean} greedy
 */
/**
 * @typedef {object} Distribution
 * @property {Float64Array} p (V,) what the next token is drawn from
 * @property {Float64Array} before (V,) before top-k and top-p
 * @property {("" | "greedy" | "top-k" | "top-p")[]} removed what removed each token
 * @property {number[]} order ids, likeliest first; of equals the smaller id
 */

/**
 * @param {ArrayLike<number>} logits (V,)
 * @param {Settings} settings
 * @returns {Distribution}
 */
export function distribution(logits, { temperature, top_k, top_p, greedy }) {
  const V = logits.length;
  const order = [...Array(V).keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  const scaled = Float64Array.from(logits, (x) => x / temperature);
  const softmax = (/** @type {number[]} */ kept) => {
    const top = scaled[order[0]];
    const p = new Float64Array(V);
    let sum = 0;
    for (const i of kept) sum += p[i] = Math.exp(scaled[i] - top);
    for (const i of kept) p[i] /= sum;
    return p;
  };
  const before = softmax(order);
  /** @type {Distribution["removed"]} */
  const removed = Array(V).fill("");
  if (greedy) {
    for (const i of order.slice(1)) removed[i] = "greedy";
    return { before, removed, order, p: Float64Array.from(logits, (_, i) => +(i === order[0])) };
  }
  const byK = order.slice(0, top_k || V);
  const among = softmax(byK);
  const byP = new Set();
  let sum = 0;
  for (const i of byK) {
    if (!byP.size || sum < top_p - 1e-12 || top_p === 1) byP.add(i);
    sum += among[i];
  }
  for (const i of order.slice(top_k || V)) removed[i] = "top-k";
  for (const i of byK) if (!byP.has(i)) removed[i] = "top-p";
  return { before, removed, order, p: softmax(byK.filter((i) => byP.has(i))) };
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
