// The numbers of the whole model, as the picture and the sentences read them.

/**
 * @typedef {object} Payload
 * @property {number} T tokens
 * @property {number} L blocks
 * @property {number} H heads
 * @property {number} D numbers a head
 * @property {number} C numbers a token
 * @property {number} V vocabulary
 * @property {number} M neurons a block
 * @property {number} N norms a block
 * @property {number} K neurons that are named for each token
 * @property {number} U tokens, the last ones, whose boundaries are read
 * @property {number} B boundaries that are read: L + 1
 * @property {number} F 2 where a norm stands before the output table, else 0
 * @property {number} P tokens with a position vector: T or none
 * @property {number} states stretches of a stream: 2 L + 1
 * @property {number} sides before and after: 2
 * @property {number} open the block whose inside is sent
 * @property {boolean} causal
 * @property {boolean} residual
 * @property {boolean} mlp
 * @property {"pre" | "post" | "none"} norm
 * @property {boolean} final whether a norm stands before the output table
 * @property {string} reading how the boundaries are read, in a sentence
 * @property {string[]} tokens (T,)
 * @property {number[]} ids (T,)
 * @property {string[]} names (N,) of the norms
 * @property {string[]} roles (H,) of the open block's heads
 * @property {string[]} texts of the guesses
 * @property {number} u the next draw's number
 * @property {number} written how many of the tokens the model wrote itself
 * @property {number} scene of the story, from 1; 0: none
 * @property {Float32Array} token_length (T,)
 * @property {Float32Array} position_length (P,)
 * @property {Float32Array} stream (states, T)
 * @property {Float32Array} attn_length (L, T)
 * @property {Float32Array} mlp_length (L, T), or empty
 * @property {Float32Array} arc_weight (L, T) the largest share of attention of any head
 * @property {Uint16Array} arc_key (L, T) and on which token it lies
 * @property {Uint16Array} pattern of the open block: (H, T, T) or, causal, (H, pairs)
 * @property {Float32Array} spread (N, sides, T) of the open block's norms
 * @property {Uint16Array} neuron (T, K) the strongest neurons of the open block
 * @property {Float32Array} strongest (T, K) what they are
 * @property {Float32Array} final_spread (F, T)
 * @property {Uint16Array} guess (B, U) which of `texts`
 * @property {Float32Array} share (B, U) its probability
 * @property {Float32Array} truth (B, U) that of the true next token; -1: there is none
 * @property {Uint16Array} right (B, U) 1 where it is the guess
 */
/** @typedef {{ layer: number, lane: number }} Place */

const WHOLE = 65535;

/**
 * How long the stream is where a part writes onto it: before the attention, or before the MLP.
 * @param {Payload} data
 * @param {"attn" | "mlp"} kind
 * @param {Place} place
 */
export const streamAt = ({ stream, T }, kind, { layer, lane }) =>
  stream[(2 * layer + (kind === "mlp" ? 1 : 0)) * T + lane];

/**
 * How long what a part writes is.
 * @param {Payload} data
 * @param {"attn" | "mlp"} kind
 * @param {Place} place
 */
export const writtenAt = (data, kind, { layer, lane }) =>
  (kind === "attn" ? data.attn_length : data.mlp_length)[layer * data.T + lane];

/**
 * The same as a share of the stream that it is written onto.
 * @param {Payload} data
 * @param {"attn" | "mlp"} kind
 * @param {Place} place
 */
export const partOfStream = (data, kind, place) =>
  writtenAt(data, kind, place) / Math.max(streamAt(data, kind, place), 1e-9);

/**
 * How much a token of the open block looks at another one, from 0 to 1.
 * @param {Payload} data
 * @param {number} head
 * @param {number} query
 * @param {number} key
 */
export function shareOf({ T, causal, pattern }, head, query, key) {
  if (causal && key > query) return 0;
  const size = causal ? (T * (T + 1)) / 2 : T * T;
  return pattern[head * size + (causal ? (query * (query + 1)) / 2 : query * T) + key] / WHOLE;
}

/**
 * What the model would say behind so many blocks: the likeliest token, its probability, that of the true next one.
 * @param {Payload} data
 * @param {number} behind
 * @param {number} lane
 */
export function guessAt({ T, U, texts, guess, share, truth, right }, behind, lane) {
  const row = lane - (T - U);
  if (row < 0) return null;
  const i = behind * U + row;
  return { text: texts[guess[i]], share: share[i], truth: truth[i], right: right[i] === 1 };
}

/**
 * The largest share of the stream that anything writes: the longest bar.
 * @param {Payload} data
 */
export function mostWritten(data) {
  const { L, T } = data;
  const kinds = /** @type {("attn" | "mlp")[]} */ (data.mlp ? ["attn", "mlp"] : ["attn"]);
  let most = 1e-9;
  for (let i = 0; i < L * T; i++) {
    const place = { layer: Math.floor(i / T), lane: i % T };
    for (const kind of kinds) most = Math.max(most, partOfStream(data, kind, place));
  }
  return most;
}
