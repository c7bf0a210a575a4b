// The stages of one head, and their numbers in words.

import { named } from "./text.js";

/** @typedef {import("../panels/stages.js").Payload} Payload */
/** @typedef {"q" | "k" | "v" | "dot" | "scaled" | "masked" | "pattern" | "z"} Part */
/** @typedef {{ part: Part, row: number, column: number }} Cell */
/** @typedef {{ scale: number, D: number, C: number, causal: boolean }} Mechanism what the words of a stage hang on */
/** @typedef {{ name: string, parts: Part[], says: string }} Stage as it usually is; see `nameOf` and `says` */

/** @type {Stage[]} */
export const STAGES = [
  { name: "q and k", parts: ["q", "k"], says: "Each token asks (q) and offers (k): one row of D numbers each." },
  {
    name: "q · k",
    parts: ["dot"],
    says: "Every query meets every key: multiply number by number, add up. One number for each pair of tokens.",
  },
  {
    name: "÷ √D",
    parts: ["scaled"],
    says: "Divided by √D, so that wide heads do not shout: else softmax turns into “the largest takes all”.",
  },
  { name: "mask", parts: ["masked"], says: "Later tokens are hidden: their score becomes −∞, whatever it was." },
  { name: "softmax", parts: ["pattern"], says: "Each row becomes shares that sum to 100 %." },
  {
    name: "weights × v",
    parts: ["v", "z"],
    says: "Each token takes home the values (v) of the tokens it looked at, by these shares: z.",
  },
];
/** @param {number} a @param {number} b */
const same = (a, b) => Math.abs(a - b) < 1e-6 * Math.abs(b);

/**
 * What the scores are multiplied by: the stage's name, and what it says.
 * @param {Mechanism} mechanism
 * @returns {[name: string, says: string]}
 */
function scaling({ scale, D, C }) {
  const usual = STAGES[SCALED];
  if (same(scale, 1 / Math.sqrt(D))) return [usual.name, usual.says];
  if (scale === 0) return ["× 0", "Multiplied by 0: every pair of tokens counts the same, whatever q and k say."];
  if (same(scale, 1)) return ["× 1", "Not divided by √D: the scores go on as they are, so softmax is sharper."];
  if (same(scale, Math.sqrt(C))) {
    return ["× √C", "Multiplied by √C instead of divided by √D: almost all weight goes to one token."];
  }
  return [
    `× ${scale.toPrecision(3)}`,
    `Multiplied by ${scale.toPrecision(3)}, which this model has instead of 1 / √D.`,
  ];
}

/**
 * A stage's name, in this very model.
 * @param {number} i
 * @param {Mechanism} mechanism
 */
export const nameOf = (i, mechanism) => (i === SCALED ? scaling(mechanism)[0] : STAGES[i].name);

/**
 * What happens in a stage, in this very model.
 * @param {number} i
 * @param {Mechanism} mechanism
 */
export function says(i, mechanism) {
  if (i === SCALED) return scaling(mechanism)[1];
  if (i === MASKED && !mechanism.causal) return "No mask: every token sees all others, the later ones too.";
  return STAGES[i].says;
}

/** The token that looks, the one that is looked at, and what it hands over. */
export const COLOUR = { query: "--st-blue-color", key: "--st-orange-color", value: "--st-green-color" };
/** The outline of the selected cell, the same in every picture. */
export const SELECTED = "--st-text-color";
export const LAST = STAGES.length - 1;
export const SOFTMAX = STAGES.findIndex(({ parts }) => parts.includes("pattern"));
const SCALED = STAGES.findIndex(({ parts }) => parts.includes("scaled"));
const MASKED = STAGES.findIndex(({ parts }) => parts.includes("masked"));

/**
 * Whether a part has a number for each pair of tokens; the others have D numbers a token.
 * @param {Part} part
 */
export const isSquare = (part) => part === "dot" || part === "scaled" || part === "masked" || part === "pattern";

/**
 * Whether a part's rows belong to the tokens that look; v's and k's belong to those that are looked at.
 * @param {Part} part
 */
export const isQuery = (part) => part === "q" || part === "z";

/**
 * The colour that marks a row of it.
 * @param {Part} part
 */
export const rowColour = (part) =>
  isSquare(part) || isQuery(part) ? COLOUR.query : part === "v" ? COLOUR.value : COLOUR.key;

/**
 * Whether no token may see it.
 * @param {Payload} payload
 * @param {Part} part
 * @param {number} q
 * @param {number} k
 */
export const hides = ({ causal }, part, q, k) => causal && k > q && (part === "masked" || part === "pattern");

/**
 * One number, exactly as the model gave it.
 * @param {Payload} payload
 * @param {Cell} cell
 */
export function numberAt(payload, { part, row, column }) {
  if (part === "masked" && hides(payload, part, row, column)) return -Infinity;
  const wide = isSquare(part) ? payload.T : payload.D;
  return payload[part === "masked" ? "scaled" : part][row * wide + column];
}

/**
 * One number in words.
 * @param {Payload} payload
 * @param {Cell} cell
 */
export function tellNumber(payload, cell) {
  const { part, row, column } = cell;
  const { tokens, D } = payload;
  const x = numberAt(payload, cell);
  const share = part === "pattern" ? `${(100 * x).toFixed(2)} %` : x.toFixed(4);
  const said = x === -Infinity ? "−∞, hidden" : share;
  if (!isSquare(part)) return `${part} of ${named(tokens, row)}, number ${column + 1} of ${D}: ${said}.`;
  const stage = nameOf(
    STAGES.findIndex(({ parts }) => parts.includes(part)),
    payload,
  );
  return `${stage}, ${named(tokens, row)} looks at ${named(tokens, column)}: ${said}.`;
}

/**
 * The largest of some parts' numbers, whatever its sign, among the tokens from one to before another: one scale.
 * @param {Payload} payload
 * @param {Part[]} parts
 * @param {number} from
 * @param {number} to
 */
export function largest(payload, parts, from, to) {
  let most = 1e-9;
  for (const part of parts) {
    const [first, end] = isSquare(part) ? [from, to] : [0, payload.D];
    for (let row = from; row < to; row++) {
      for (let column = first; column < end; column++) {
        const x = Math.abs(numberAt(payload, { part, row, column }));
        if (x !== Infinity) most = Math.max(most, x);
      }
    }
  }
  return most;
}
