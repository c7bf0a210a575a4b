// The story of a token's way through the model, scene by scene: what is lit, and a sentence with this prompt's numbers.

import { glyph, hundredths, joined, named, percent, short, thousands } from "./text.js";
import { guessAt, writtenAt } from "./wholenumbers.js";
import { looks } from "./wholewords.js";

/** @typedef {import("./wholeparts.js").Part} Part */
/** @typedef {import("./wholenumbers.js").Payload} Payload */
/** @typedef {{ lane: number, head: number, open: number }} Look the token looked at, the head, the open block */
/**
 * @typedef {object} Scene
 * @property {string} title
 * @property {(part: Part) => boolean} lit
 * @property {string} says
 */
/** @typedef {(Scene | false)[]} Scenes false: this model has no such part */

const quoted = (/** @type {string} */ text) => `“${glyph(text)}”`;

/** Parts of these kinds. @type {(...kinds: string[]) => (part: Part) => boolean} */
const only =
  (...kinds) =>
  (part) =>
    kinds.includes(part.kind);

/** Those of one lane, and of all. @type {(lane: number, ...kinds: string[]) => (part: Part) => boolean} */
const of =
  (lane, ...kinds) =>
  (part) =>
    kinds.includes(part.kind) && (part.lane === lane || part.lane < 0);

/** Those of one block. @type {(look: Look, ...kinds: string[]) => (part: Part) => boolean} */
const inBlock =
  ({ lane, open }, ...kinds) =>
  (part) =>
    part.layer === open && of(lane, ...kinds)(part);

/**
 * What the model would say there.
 * @param {Payload} data
 * @param {number} behind
 * @param {number} lane
 */
function saying(data, behind, lane) {
  const found = guessAt(data, behind, lane);
  return found ? `${quoted(found.text)} with ${percent(found.share)}` : "what is not read here";
}

/**
 * From the text to the first block.
 * @param {Payload} data
 * @param {Look} look
 * @returns {Scenes}
 */
function entering(data, { lane }) {
  const { T, L, C, V, tokens, ids, stream, token_length: token, position_length: position } = data;
  const me = named(tokens, lane);
  const where = L ? "Before the first block" : "With no block at all";
  return [
    {
      title: "Characters become numbers",
      lit: only("token"),
      says: joined(
        `The text is cut into ${T} token${T > 1 ? "s" : ""}. To the model ${me} is number`,
        `${ids[lane]} of ${thousands(V)}.`,
      ),
    },
    {
      title: "A number fetches a vector",
      lit: only("token", "input"),
      says: `${me} fetches its row of the token table: ${C} numbers, together of length ${hundredths(token[lane])}.`,
    },
    position.length > 0 && {
      title: "Where it stands is added",
      lit: only("input"),
      says: joined(
        `Place ${lane + 1} has a vector, too, of length ${hundredths(position[lane])}; it is added,`,
        `and the stream of ${me} begins at length ${hundredths(stream[lane])}.`,
      ),
    },
    {
      title: "What it would say already",
      lit: (part) => part.kind === "guess" && part.layer === 0,
      says: `${where} the model would continue ${me} with ${saying(data, 0, lane)}.`,
    },
  ];
}

/**
 * Attention of the open block.
 * @param {Payload} data
 * @param {Look} look
 * @returns {Scenes}
 */
function attending(data, look) {
  const { T, L, H, C, D, tokens, names, spread } = data;
  const { lane, head, open } = look;
  const me = named(tokens, lane);
  const written = hundredths(writtenAt(data, "attn", { layer: open, lane }));
  return [
    {
      title: `Into block ${open + 1}`,
      lit: (part) => part.layer === open && part.kind !== "guess",
      says: joined(
        `${L} block${L > 1 ? "s are" : " is"} passed one after another; here block ${open + 1} is`,
        "open. Every lane is a token's own stream.",
      ),
    },
    names.length > 0 && {
      title: "The layer norm levels",
      lit: inBlock(look, "norm"),
      says: joined(
        `The norm ${names[0]}: the numbers of ${me} have a spread of ${hundredths(spread[lane])},`,
        `then of ${hundredths(spread[T + lane])}.`,
      ),
    },
    {
      title: "A head looks back",
      lit: (part) => inBlock(look, "arcs")(part) || (part.kind === "head" && part.which === head),
      says: `By head ${open + 1}.${head + 1} ${looks(data, head, lane)}. The shares of a row sum to 100 %.`,
    },
    H > 1 && {
      title: "All heads at once",
      lit: inBlock(look, "arcs", "head"),
      says: `${H} heads look at the same time, each ${D} numbers wide.`,
    },
    {
      title: "What they bring is added",
      lit: inBlock(look, "attn"),
      says: data.residual
        ? `Together they add ${C} numbers of length ${written} to the stream of ${me}.`
        : `Together they write ${C} numbers of length ${written}; in this model these replace the stream of ${me}.`,
    },
  ];
}

/**
 * The MLP of the open block, and what became of the guess by then.
 * @param {Payload} data
 * @param {Look} look
 * @returns {Scenes}
 */
function thinking(data, look) {
  const { L, M, K, tokens, neuron, strongest } = data;
  const { lane, open } = look;
  const me = named(tokens, lane);
  const first = lane * K;
  const answer = K ? `number ${neuron[first] + 1} answers ${me} most strongly, with ${short(strongest[first], 3)}` : "";
  const guesses = [...Array(L + 1).keys()].map((behind) => quoted(guessAt(data, behind, lane)?.text ?? "?"));
  return [
    data.mlp && {
      title: "Neurons fire",
      lit: inBlock(look, "neurons"),
      says: `Each token for itself: of ${thousands(M)} neurons, ${answer}.`,
    },
    data.mlp && {
      title: "The MLP writes, too",
      lit: inBlock(look, "mlp"),
      says: joined(
        `What they write ${data.residual ? "is added to" : "replaces"} the stream of ${me}; its`,
        `length is ${hundredths(writtenAt(data, "mlp", { layer: open, lane }))}.`,
      ),
    },
    {
      title: "Block by block a guess forms",
      lit: of(lane, "guess"),
      says: `After ${me} the model would say, from boundary to boundary: ${guesses.join(" ")}.`,
    },
  ];
}

/**
 * From the last block to the next token.
 * @param {Payload} data
 * @param {Look} look
 * @returns {Scenes}
 */
function leaving(data, { lane }) {
  const { T, L, V, tokens, u, final_spread: spread } = data;
  const me = named(tokens, lane);
  const last = (/** @type {number} */ at) => (/** @type {Part} */ part) =>
    part.kind === "guess" && part.layer === L && part.lane === at;
  return [
    data.final && {
      title: "Levelled once more",
      lit: of(lane, "final"),
      says: joined(
        `The final norm brings the spread of ${me} from ${hundredths(spread[lane])} to`,
        `${hundredths(spread[T + lane])}.`,
      ),
    },
    {
      title: "A share for every token",
      lit: (part) => last(lane)(part) || of(lane, "final")(part),
      says: joined(
        `${thousands(V)} logits become shares that sum to 100 %: the likeliest after ${me} is`,
        `${saying(data, L, lane)}, at temperature 1.`,
      ),
    },
    {
      title: "One is drawn",
      lit: last(T - 1),
      says: joined(
        `The next number of the seed is ${u.toFixed(3)}: where it falls among the shares of the last`,
        "token, that one is drawn. The knobs shift them.",
      ),
    },
    {
      title: "And all begins again",
      lit: only("token"),
      says: joined(
        "The drawn token joins the prompt, and the whole model runs again, for one token more. Press",
        "Next token and watch.",
      ),
    },
  ];
}

/**
 * All scenes that this model has, about the token that is looked at.
 * @param {Payload} data
 * @param {Look} look
 * @returns {Scene[]}
 */
export function scenes(data, look) {
  const block = data.L ? [...attending(data, look), ...thinking(data, look)] : [];
  return [...entering(data, look), ...block, ...leaving(data, look)].filter((scene) => scene !== false);
}
