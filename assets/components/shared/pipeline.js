// From logits to what may be drawn, in doubles, by the rule of gpt/pipeline.py: every step, for the whole vocabulary.

/**
 * @typedef {object} Settings
 * @property {number} temperature
 * @property {number} top_k 0: all
 * @property {number} top_p
 * @property {boolean} greedy
 * @property {number} [min_p]
 * @property {number} [repetition_penalty]
 * @property {string} [order] the steps, with dots between them
 */
/** @typedef {"penalty" | "temperature" | "top-k" | "top-p" | "min-p"} Step */
/**
 * @typedef {object} Stages
 * @property {ArrayLike<number>} logits (V,)
 * @property {Record<Step, Float64Array>} after (V,) what each step leaves: -Infinity where a token was removed
 * @property {Float64Array} p (V,) what the next token is drawn from
 * @property {Float64Array} cumulative (V,) the running sum in order of ids
 * @property {Uint8Array} removed (V,) what removed each token: a place in REMOVED_BY
 * @property {Uint32Array} order (V,) ids, likeliest first; of equals the smaller id
 */
/**
 * What is kept of one row of logits, so that moving a knob sorts nothing anew.
 * @typedef {object} Ranks
 * @property {ArrayLike<number>} logits
 * @property {Uint32Array} order by the logits alone
 */

export const STEPS = /** @type {Step[]} */ (["penalty", "temperature", "top-k", "top-p", "min-p"]);
export const USUAL = STEPS.join(".");
/** @type {("" | "top-k" | "top-p" | "greedy" | "min-p")[]} */
export const REMOVED_BY = ["", "top-k", "top-p", "greedy", "min-p"];
const PLACES = 2 ** 20; // ids that fit below 32 bits in a double's whole numbers
const SIGN = 2 ** 31;
const ALL_BITS = 2 ** 32 - 1;
const ROUNDING = 1e-12; // a sum this close to top-p has reached it

/**
 * @param {ArrayLike<number>} logits (V,)
 * @returns {Ranks}
 */
export function ranks(logits) {
  const V = logits.length;
  if (logits instanceof Float32Array && V <= PLACES) return { logits, order: sortedSingles(logits) };
  const order = new Uint32Array(V).map((_, i) => i);
  order.sort((a, b) => logits[b] - logits[a] || a - b);
  return { logits, order };
}

/**
 * The same order of numbers of 32 bits, twenty times as fast: the bits, turned so that they rise as the numbers fall,
 * and the id below them are one whole number each, which the browser sorts without asking back.
 * @param {Float32Array} logits
 */
function sortedSingles(logits) {
  const bits = new Uint32Array(logits.slice().buffer);
  const keys = new Float64Array(logits.length);
  for (let i = 0; i < keys.length; i++) {
    const own = logits[i] === 0 ? 0 : bits[i]; // -0 is 0
    const rising = own >= SIGN ? ~own >>> 0 : own + SIGN;
    keys[i] = (ALL_BITS - rising) * PLACES + i;
  }
  keys.sort();
  const order = new Uint32Array(keys.length);
  for (let i = 0; i < keys.length; i++) order[i] = keys[i] % PLACES;
  return order;
}

/**
 * Values with those of the tokens seen divided by the penalty if above 0, else multiplied.
 * @param {Float64Array} values (V,)
 * @param {number} penalty
 * @param {Iterable<number>} seen ids
 */
export function penalised(values, penalty, seen) {
  const found = values.slice();
  if (penalty !== 1) for (const i of new Set(seen)) found[i] = found[i] > 0 ? found[i] / penalty : found[i] * penalty;
  return found;
}

/**
 * The order once some values have changed: those are taken out and put in where they belong now.
 * @param {Uint32Array} order
 * @param {Float64Array} values by which it is to be
 * @param {Set<number>} changed ids
 */
function reordered(order, values, changed) {
  const before = (/** @type {number} */ a, /** @type {number} */ b) => values[b] - values[a] || a - b;
  const moved = [...changed].sort(before);
  const found = new Uint32Array(order.length);
  let at = 0;
  let next = 0;
  for (const i of order) {
    if (changed.has(i)) continue;
    while (next < moved.length && before(moved[next], i) < 0) found[at++] = moved[next++];
    found[at++] = i;
  }
  while (next < moved.length) found[at++] = moved[next++];
  return found;
}

/** @param {Float64Array} values */
export function largest(values) {
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > most) most = values[i];
  return most;
}

/**
 * Probabilities of what is left.
 * @param {Float64Array} values (V,) -Infinity: not left
 */
export function softmax(values) {
  const most = largest(values);
  const p = new Float64Array(values.length);
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (values[i] > -Infinity) sum += p[i] = Math.exp(values[i] - most);
  for (let i = 0; i < p.length; i++) p[i] /= sum;
  return p;
}

/**
 * @param {ArrayLike<number>} logits (V,)
 * @param {Settings} settings
 * @param {number[]} [seen] ids that the penalty is about
 * @param {Ranks} [known] of these logits
 * @returns {Stages}
 */
export function pipeline(logits, settings, seen = [], known = ranks(logits)) {
  const { temperature, top_k, top_p, greedy, min_p = 0, repetition_penalty = 1, order: way = USUAL } = settings;
  const V = logits.length;
  const row = new Float64Array(logits);
  const removed = new Uint8Array(V);
  const after = /** @type {Record<Step, Float64Array>} */ ({});
  const loses = repetition_penalty !== 1 && seen.length > 0;
  const last = loses ? reordered(known.order, penalised(row, repetition_penalty, seen), new Set(seen)) : known.order;
  let values = row;
  let { order } = known;
  const remove = (/** @type {number} */ by, /** @type {(place: number, id: number) => boolean} */ goes) => {
    let place = 0;
    values = values.slice();
    for (let at = 0; at < V; at++) {
      const i = order[at];
      if (!removed[i] && goes(place++, i)) removed[i] = by;
    }
    for (let i = 0; i < V; i++) if (removed[i]) values[i] = -Infinity;
  };
  for (const step of /** @type {Step[]} */ (way.split("."))) {
    if (step === "penalty" && loses) {
      values = penalised(values, repetition_penalty, seen);
      order = last;
    } else if (step === "temperature") {
      values = values.slice();
      for (let i = 0; i < V; i++) values[i] /= temperature;
    } else if (step === "top-p" && greedy) remove(3, (_, i) => i !== last[0]);
    else if (step === "top-k" && top_k && !greedy) remove(1, (place) => place >= top_k);
    else if (step === "top-p" && top_p < 1 && !greedy) {
      const share = softmax(values);
      let sum = 0;
      remove(2, (place, i) => {
        const out = place > 0 && sum >= top_p - ROUNDING;
        sum += share[i];
        return out;
      });
    } else if (step === "min-p" && min_p > 0 && !greedy) {
      const most = largest(values);
      const least = min_p * (1 - ROUNDING);
      const before = values;
      remove(4, (_, i) => Math.exp(before[i] - most) < least);
    }
    after[step] = values;
  }
  const p = softmax(values);
  return { logits, after, p, cumulative: runningSum(p), removed, order: last };
}

/**
 * All laid end to end in order of ids: where each token's stretch ends.
 * @param {Float64Array} p
 */
export function runningSum(p) {
  const ends = new Float64Array(p.length);
  let sum = 0;
  for (let i = 0; i < p.length; i++) ends[i] = sum += p[i];
  for (let i = 0; i < p.length; i++) ends[i] /= sum;
  return ends;
}
