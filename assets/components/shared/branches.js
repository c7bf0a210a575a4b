// A tree of texts in the browser: the paths of its branches, how a token is shaded, and the lanes of the picture.

import { clamp, css, sharp } from "./dom.js";
import { glyph, percent, short, spoken, thousands } from "./text.js";

/** @typedef {import("../panels/tree.js").Payload} Tree */
/** @typedef {"probability" | "rank" | "surprise"} Shade */

export const HIGH = 26; // pixels of a lane

/**
 * Where each token of a branch's whole path stands among all tokens.
 * @param {Pick<Tree, "branches">} tree
 * @param {number} branch
 * @returns {number[]}
 */
export function pathOf({ branches }, branch) {
  const row = branches[branch];
  if (!row) return [];
  let start = 0;
  for (const before of branches.slice(0, branch)) start += before.tokens - before.depth;
  const beginning = row.parent < 0 ? [] : pathOf({ branches }, row.parent).slice(0, row.depth);
  return [...beginning, ...Array.from({ length: row.tokens - row.depth }, (_, i) => start + i)];
}

/**
 * How strongly a token is coloured, 0 to 1: the less the model expected it, the more.
 * @param {Shade} shade
 * @param {number} nats
 * @param {number} rank
 */
export function strength(shade, nats, rank) {
  if (shade === "probability") return 1 - Math.exp(-nats);
  if (shade === "rank") return clamp(Math.log2(rank) / 5, 0, 1);
  return clamp(nats / Math.LN2 / 8, 0, 1);
}

/**
 * A token's numbers in words.
 * @param {number} nats
 * @param {number} rank
 */
export function inWords(nats, rank) {
  const bits = nats / Math.LN2;
  return `${percent(Math.exp(-nats))}, rank ${thousands(rank)}, ${bits < 0.005 ? "0.00" : bits.toFixed(2)} bits`;
}

/** The token's name for the eye and the ear. @param {string} token */
export const both = (token) => ({ text: glyph(token), said: spoken(token) });

/**
 * A row of numbers of a branch: tokens, log-probability, bits a token, perplexity, share of different pieces.
 * @param {Tree["branches"][number]} row
 */
export function numbers({ tokens, nats, distinct, repeat }) {
  const each = tokens ? nats / tokens : 0;
  return {
    tokens: String(tokens),
    "log p": (-nats).toFixed(1),
    bits: (each / Math.LN2).toFixed(2),
    perplexity: each < 40 ? thousands(+short(Math.exp(each), 3)) : "> 10¹⁷",
    different: distinct === null ? "–" : percent(distinct),
    repeat: String(repeat),
  };
}

/**
 * One lane of the picture: its own tokens from its fork on, and the stems that pass it.
 * @param {HTMLCanvasElement} canvas
 * @param {Tree} tree
 * @param {number} branch
 * @param {{ width: number, root: ShadowRoot }} where
 */
export function drawLane(canvas, tree, branch, { width, root }) {
  const { branches, shade, nats, ranks, depth, now } = tree;
  const context = sharp(canvas, width, HIGH);
  const longest = Math.max(1, ...branches.map((row) => row.tokens));
  const wide = Math.min(12, (width - 4) / longest);
  const middle = HIGH / 2;
  const x = (/** @type {number} */ i) => 2 + i * wide;
  const line = css(root, "--st-text-color");
  context.strokeStyle = line;
  context.globalAlpha = 0.55;
  branches.forEach((row, i) => {
    const from = row.parent < 0 ? 0 : row.parent;
    if (i === 0 || from > branch || i < branch || from === i) return;
    context.beginPath();
    context.moveTo(x(row.depth), from === branch ? middle : 0);
    context.lineTo(x(row.depth), i === branch ? middle : HIGH);
    context.stroke();
  });
  const row = branches[branch];
  const path = pathOf(tree, branch).slice(row.depth);
  const colour = css(root, "--st-orange-color");
  path.forEach((at, i) => {
    context.globalAlpha = 0.12 + 0.88 * strength(/** @type {Shade} */ (shade), nats[at], ranks[at]);
    context.fillStyle = colour;
    context.fillRect(x(row.depth + i), middle - 6, Math.max(wide - (wide > 4 ? 1 : 0), 0.75), 12);
  });
  context.globalAlpha = 1;
  context.strokeRect(x(row.depth), middle - 6.5, Math.max(path.length * wide, 1), 13);
  if (branch !== now) return;
  context.fillStyle = css(root, "--st-blue-color");
  context.fillRect(x(depth) - 1, middle - 11, 3, 22);
}

/**
 * Which token of a lane lies at a place of it, in its own pixels: how many tokens from the prompt on.
 * @param {Pick<Tree, "branches">} tree
 * @param {number} width
 * @param {number} x
 */
export function depthAt({ branches }, width, x) {
  const wide = Math.min(12, (width - 4) / Math.max(1, ...branches.map((row) => row.tokens)));
  return Math.max(0, Math.floor((x - 2) / wide) + 1);
}

/**
 * The rows of a file: every token of every branch.
 * @param {Tree} tree
 * @returns {import("./files.js").Field[][]}
 */
export function asRows(tree) {
  const head = ["branch", "name", "position", "id", "token", "probability", "rank", "bits"];
  const rows = tree.branches.flatMap((row, branch) =>
    pathOf(tree, branch).map((at, i) => [
      branch + 1,
      row.name,
      i + 1,
      tree.ids[tree.word[at]],
      tree.words[tree.word[at]],
      Math.exp(-tree.nats[at]),
      tree.ranks[at],
      tree.nats[at] / Math.LN2,
    ]),
  );
  return [head, ...rows];
}

/**
 * A branch's text, the prompt before it.
 * @param {Tree} tree
 * @param {number} branch
 */
export const asText = (tree, branch) =>
  tree.tokens.join("") +
  pathOf(tree, branch)
    .map((at) => tree.words[tree.word[at]])
    .join("");

/**
 * The whole tree as JSON.
 * @param {Tree} tree
 */
export function asJson(tree) {
  const branches = tree.branches.map((row, branch) => {
    const path = pathOf(tree, branch);
    return {
      name: row.name,
      text: path.map((at) => tree.words[tree.word[at]]).join(""),
      ids: path.map((at) => tree.ids[tree.word[at]]),
      bits: path.map((at) => tree.nats[at] / Math.LN2),
      ranks: path.map((at) => tree.ranks[at]),
      log_probability: -row.nats,
      leaves: row.parent < 0 ? null : { branch: tree.branches[row.parent].name, after: row.depth },
    };
  });
  return JSON.stringify({ prompt: tree.tokens.join(""), branches }, null, 1);
}
