// The numbers of the whole model, as the picture and the sentences read them.

/** @typedef {import("../panels/model.js").Payload} Payload */
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
