// The pipeline in words: what each step is called, and how one token's numbers come about, with the numbers.

import { largest, penalised, REMOVED_BY, STEPS, USUAL } from "./pipeline.js";
import { short, thousands } from "./text.js";

/** @typedef {import("./pipeline.js").Settings} Settings */
/** @typedef {import("./pipeline.js").Stages} Stages */
/** @typedef {import("./pipeline.js").Step} Step */

/** @param {number} x */
const number = (x) => (x === -Infinity ? "−∞" : short(x, 5).replace("-", "−"));

/**
 * The steps in their order.
 * @param {Settings} settings
 */
export const stepsOf = (settings) => /** @type {Step[]} */ (settings.order?.split(".") ?? STEPS);

/**
 * What stands above a step's column.
 * @param {Step} step
 * @param {Settings} settings
 */
export function heading(step, { temperature, top_k, top_p, min_p = 0, repetition_penalty = 1, greedy }) {
  if (greedy && step !== "penalty" && step !== "temperature") return step === "top-p" ? "greedy" : `${step} rests`;
  return {
    penalty: `penalty ${+repetition_penalty.toFixed(3)}`,
    temperature: `÷ T ${+temperature.toFixed(3)}`,
    "top-k": `top-k ${top_k ? thousands(top_k) : "all"}`,
    "top-p": `top-p ${+top_p.toFixed(3)}`,
    "min-p": `min-p ${+min_p.toFixed(4)}`,
  }[step];
}

/**
 * A number in a cell.
 * @param {number} x
 * @param {number} digits
 */
export const fixed = (x, digits) => (x === -Infinity ? "−∞" : x.toFixed(digits).replace("-", "−"));

/**
 * What a cell of a step's column says: the number, or that the token is out, or has been.
 * @param {Stages} stages
 * @param {Step} step
 * @param {number} id
 * @param {number} digits
 */
export function cell(stages, step, id, digits) {
  const value = stages.after[step][id];
  if (value > -Infinity) return fixed(value, digits);
  const by = REMOVED_BY[stages.removed[id]];
  return !by ? "−∞" : by === step || (by === "greedy" && step === "top-p") ? "out" : "";
}

/**
 * How many tokens a step leaves.
 * @param {Float64Array} values
 */
export function left(values) {
  let n = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > -Infinity) n += 1;
  return n;
}

/**
 * How one token's numbers come about, a line a step.
 * @param {Stages} stages
 * @param {Settings} settings
 * @param {number[]} seen
 * @param {number} id
 * @returns {[what: string, sum: string][]}
 */
export function explain(stages, settings, seen, id) {
  const { logits, after, p, cumulative } = stages;
  const row = new Float64Array(logits);
  /** @type {[string, string][]} */
  const lines = [["logit", `${number(row[id])}, as the model gave it`]];
  /** @type {Float64Array} */
  let before = row;
  let likelier = row;
  for (const step of stepsOf(settings)) {
    if (before[id] > -Infinity) {
      const rank = () => rankOf(likelier, before, id);
      lines.push([heading(step, settings), sumOf(step, settings, before, after[step], id, rank, seen)]);
    }
    if (step === "penalty") likelier = penalised(row, settings.repetition_penalty ?? 1, seen);
    before = after[step];
  }
  const most = largest(before);
  const total = before.reduce((sum, x) => sum + Math.exp(x - most), 0);
  if (p[id] > 0) {
    const top = `exp(${number(before[id])} − ${number(most)})`;
    lines.push([
      "renormalised",
      `${top} / Σ = ${number(Math.exp(before[id] - most))} / ${number(total)} = ${number(p[id])}`,
    ]);
    const from = cumulative[id] - p[id];
    lines.push(["cumulative", `${number(Math.max(from, 0))} + ${number(p[id])} = ${number(cumulative[id])}, by id`]);
  } else lines.push(["renormalised", "0: it cannot be drawn"]);
  return lines;
}

/**
 * @param {Step} step
 * @param {Settings} settings
 * @param {Float64Array} before
 * @param {Float64Array} after
 * @param {number} id
 * @param {() => [rank: number, sum: number]} rank among what is left, and the share of those before it
 * @param {number[]} seen
 */
function sumOf(step, settings, before, after, id, rank, seen) {
  const { temperature, top_k, top_p, min_p = 0, repetition_penalty = 1, greedy } = settings;
  const x = number(before[id]);
  const ends = after[id] > -Infinity ? "stays" : "out";
  if (step === "temperature") return `${x} / ${+temperature.toFixed(4)} = ${number(after[id])}`;
  if (step === "penalty") {
    if (repetition_penalty === 1) return "1: nothing changes";
    if (!seen.includes(id)) return `not in the text: stays ${x}`;
    return `in the text: ${x} ${before[id] > 0 ? "/" : "·"} ${+repetition_penalty.toFixed(4)} = ${number(after[id])}`;
  }
  if (greedy)
    return step !== "top-p"
      ? "greedy leaves it nothing to do"
      : ends === "out"
        ? "not the largest: out"
        : "the largest: stays";
  if (step === "top-k") return top_k ? `place ${thousands(rank()[0])} of ${thousands(top_k)}: ${ends}` : "0: all stay";
  if (step === "top-p") {
    if (top_p === 1) return "1: all stay";
    const [place, sum] = rank();
    if (place === 1) return "the likeliest always stays";
    return `before it ${number(sum)} ${ends === "out" ? "≥" : "<"} ${+top_p.toFixed(4)}: ${ends}`;
  }
  if (!min_p) return "0: all stay";
  const most = largest(before);
  const ratio = number(Math.exp(before[id] - most));
  return `${ratio} of the likeliest's ${ends === "out" ? "<" : "≥"} ${+min_p.toFixed(4)}: ${ends}`;
}

/**
 * The place of a token among what is left, likeliest first, and how much those before it hold.
 * @param {Float64Array} likelier by which they are ranked
 * @param {Float64Array} values that are left
 * @param {number} id
 * @returns {[rank: number, sum: number]}
 */
function rankOf(likelier, values, id) {
  const most = largest(values);
  let [rank, sum, total] = [1, 0, 0];
  values.forEach((x, i) => {
    if (x === -Infinity) return;
    const share = Math.exp(x - most);
    total += share;
    if (likelier[i] > likelier[id] || (likelier[i] === likelier[id] && i < id)) {
      rank += 1;
      sum += share;
    }
  });
  return [rank, sum / total];
}

/**
 * What another order changes: tokens that can be drawn in one of both only, and how far apart the two are.
 * @param {Float64Array} p
 * @param {Float64Array} usual
 */
export function difference(p, usual) {
  const found = { more: /** @type {number[]} */ ([]), less: /** @type {number[]} */ ([]), apart: 0 };
  p.forEach((x, i) => {
    if (x > 0 && usual[i] === 0) found.more.push(i);
    if (x === 0 && usual[i] > 0) found.less.push(i);
    found.apart += Math.abs(x - usual[i]) / 2;
  });
  return found;
}

/**
 * Steps that act though a page has no knob for them, in a sentence; nothing when there are none.
 * @param {Settings} settings
 */
export function besides({ min_p = 0, repetition_penalty = 1, order = USUAL }) {
  const on = [min_p && `min-p ${min_p}`, repetition_penalty !== 1 && `penalty ${repetition_penalty}`];
  const also = [...on, order !== USUAL && "another order"].filter(Boolean);
  return also.length ? ` Also: ${also.join(", ")}.` : "";
}
