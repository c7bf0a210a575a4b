// What each part of the whole model is, in words and this prompt's own numbers.

import { glyph, hundredths, joined, named, percent, short, thousands } from "./text.js";
import { guessAt, partOfStream, shareOf, streamAt, writtenAt } from "./wholenumbers.js";

/** @typedef {import("./wholeparts.js").Part} Part */
/** @typedef {import("./wholenumbers.js").Payload} Payload */
/** @typedef {{ head: number, lane: number }} Look the chosen head, and the token that is looked at */

const quoted = (/** @type {string} */ text) => `“${glyph(text)}”`;

/**
 * What attention or the MLP adds to a token.
 * @param {Payload} data
 * @param {"attn" | "mlp"} kind
 * @param {{ layer: number, lane: number }} place
 */
function added(data, kind, place) {
  const what = kind === "attn" ? "attention" : "the MLP";
  const length = hundredths(writtenAt(data, kind, place));
  const onto = data.residual ? "adds to" : "puts in place of";
  const stream = `the stream's ${hundredths(streamAt(data, kind, place))}`;
  return joined(
    `What ${what} of block ${place.layer + 1} ${onto} ${named(data.tokens, place.lane)}:`,
    `${data.C} numbers of length ${length}, ${percent(partOfStream(data, kind, place))} of`,
    `${stream}.`,
  );
}

/**
 * Whom a token looks at most by a head of the open block.
 * @param {Payload} data
 * @param {number} head
 * @param {number} lane
 * @returns {[key: number, share: number]}
 */
export function mostLooked(data, head, lane) {
  const keys = data.causal ? lane + 1 : data.T;
  let best = 0;
  for (let key = 1; key < keys; key++) {
    if (shareOf(data, head, lane, key) > shareOf(data, head, lane, best)) best = key;
  }
  return [best, shareOf(data, head, lane, best)];
}

/**
 * Whom it looks at, in words.
 * @param {Payload} data
 * @param {number} head
 * @param {number} lane
 */
export function looks(data, head, lane) {
  const [key, share] = mostLooked(data, head, lane);
  return `${named(data.tokens, lane)} looks most at ${named(data.tokens, key)}, ${percent(share)}`;
}

/** @type {Record<string, (data: Payload, part: Part, look: Look) => string>} */
const TELL = {
  token: ({ tokens, ids, V }, { lane }) =>
    `Token ${lane + 1}, ${quoted(tokens[lane])}: number ${ids[lane]} of a vocabulary of ${thousands(V)}.`,
  input: ({ tokens, C, token_length: token, position_length: position, stream }, { lane }) => {
    const place = position.length ? `, plus that of place ${lane + 1}, of length ${hundredths(position[lane])}` : "";
    return joined(
      `${named(tokens, lane)} as ${C} numbers: its row of the token table, of length`,
      `${hundredths(token[lane])}${place}. Together ${hundredths(stream[lane])}: here its stream`,
      "begins.",
    );
  },
  guess: (data, { layer, lane }) => {
    const found = guessAt(data, layer, lane);
    if (!found) return "Read for the last tokens only: this vocabulary is large.";
    const where = layer === 0 ? "before the first block" : layer === data.L ? "at the end" : `behind block ${layer}`;
    const next = data.tokens[lane + 1];
    const truth = next === undefined ? "" : ` The next one is ${quoted(next)}: ${percent(found.truth)}.`;
    return joined(
      `After ${named(data.tokens, lane)}, ${where}, ${data.C} numbers: the model would say`,
      `${quoted(found.text)}, ${percent(found.share)}.${truth}`,
    );
  },
  block: ({ L, H, mlp }, { layer }) =>
    joined(
      `Block ${layer + 1} of ${L}: ${H} head${H > 1 ? "s" : ""} of`,
      `attention${mlp ? ", then the MLP" : ""}. A click opens it.`,
    ),
  head: (data, { layer, which }, { lane }) =>
    joined(
      `Head ${layer + 1}.${which + 1}, ${data.T} × ${data.T} shares: ${looks(data, which, lane)}.`,
      `Its role: ${data.roles[which] ?? "none is clear"}.`,
    ),
  arcs: (data, { layer, lane }, { head }) => `Head ${layer + 1}.${head + 1}: ${looks(data, head, lane)}.`,
  attn: (data, part) => added(data, "attn", part),
  mlp: (data, part) => added(data, "mlp", part),
  norm: ({ tokens, T, C, spread, names }, { lane, which }) => {
    const at = (/** @type {number} */ after) => hundredths(spread[(which * 2 + after) * T + lane]);
    return joined(
      `Layer norm ${names[which]}: the ${C} numbers of ${named(tokens, lane)} have a spread of`,
      `${at(0)} before and ${at(1)} after, gain included.`,
    );
  },
  neurons: ({ tokens, K, M, strongest, neuron }, { layer, lane }) => {
    const most = [...Array(Math.min(3, K)).keys()].map((i) => {
      const at = lane * K + i;
      return `${neuron[at] + 1} at ${short(strongest[at], 3)}`;
    });
    return joined(
      `The strongest of ${thousands(M)} neurons of block ${layer + 1} on ${named(tokens, lane)}:`,
      `${most.join(", ")}.`,
    );
  },
  final: ({ tokens, T, C, final_spread: spread }, { lane }) =>
    joined(
      `The final layer norm: the ${C} numbers of ${named(tokens, lane)} have a spread of`,
      `${hundredths(spread[lane])} before and ${hundredths(spread[T + lane])} after; the output`,
      "table reads them.",
    ),
};

/**
 * @param {Payload} data
 * @param {Part} part
 * @param {Look} look
 */
export const tellPart = (data, part, look) => TELL[part.kind](data, part, look);
