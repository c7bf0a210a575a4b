// The whole model as parts of one picture: where each stands, and which of them feed one.

import { clamp } from "./dom.js";

/**
 * What there is of a part. A token is one lane; what a block does to a lane is a part of its own, and so is a head.
 * @typedef {"token" | "input" | "guess" | "block" | "head" | "final"} Outer
 * @typedef {Outer | "norm" | "arcs" | "attn" | "neurons" | "mlp"} Kind
 */
/**
 * @typedef {object} Part
 * @property {Kind} kind
 * @property {number} depth how far a token has come when it passes here
 * @property {number} layer the block; of a guess: how many blocks lie behind; -1: none
 * @property {number} lane the token; -1: all of them
 * @property {number} which the head, or which norm of the block; else 0
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 */
/**
 * @typedef {object} Shape
 * @property {number} T tokens
 * @property {number} L blocks
 * @property {number} H heads
 * @property {boolean} causal
 * @property {"pre" | "post" | "none"} norm
 * @property {boolean} final whether a norm stands before the output table
 * @property {boolean} mlp whether the blocks have one
 */
/**
 * @typedef {object} Picture
 * @property {Part[]} parts in the order of their depth
 * @property {number} from the first lane in sight
 * @property {number} lanes how many are in sight
 * @property {number} lane how much room a lane has across its way
 * @property {number} start where the first lane begins, across
 * @property {boolean} upright whether the way goes down
 */

const TOKEN = 62; // along a lane
const INPUT = 24;
const FINAL = 26;
const WIDEST = { guess: 56, alone: 240, block: 58, open: 430 }; // alone: in a model without blocks
const OPEN = 0.36; // the open block's share of the way
const HEADS = 50; // room of the heads' maps, across
const NAMES = 15; // and of the columns' names
const LANE = { least: 15, most: 27, upright: 34 };
const MOST = 16; // lanes in sight
const STEPS = 8; // depths of a block

/** How deep the stream lies between two blocks. @param {number} behind how many blocks */
export const between = (behind) => 2 + STEPS * behind;

/**
 * What a lane passes in an open block, with its share of the block's room.
 * @param {Shape} shape
 * @returns {[kind: Kind, share: number, which: number][]}
 */
export function inside({ norm, mlp }) {
  /** @type {[Kind, number, number][]} */
  const attention = [
    ["arcs", 5, 0],
    ["attn", 1.6, 0],
  ];
  /** @type {[Kind, number, number][]} */
  const feed = mlp
    ? [
        ["neurons", 4, 0],
        ["mlp", 1.6, 0],
      ]
    : [];
  /** @type {(which: number) => [Kind, number, number][]} */
  const level = (which) => (norm === "none" ? [] : [["norm", 1.6, which]]);
  const second = mlp ? level(1) : [];
  return norm === "post"
    ? [...attention, ...level(0), ...feed, ...second]
    : [...level(0), ...attention, ...second, ...feed];
}

/**
 * Which lanes are in sight: so many up to the last one, or around the one that is looked at.
 * @param {number} T
 * @param {number} lanes
 * @param {number} first the first one that is wished for
 */
export const within = (T, lanes, first) => clamp(first, 0, Math.max(0, T - lanes));

/**
 * How much room blocks and guesses have along the way.
 * @param {Shape} shape
 * @param {number} along
 */
export function rooms({ L, final }, along) {
  const fixed = TOKEN + INPUT + (final ? FINAL : 0);
  const open = L ? Math.min(WIDEST.open, OPEN * along) : 0;
  const unit = Math.max(2, (along - fixed - open) / (L + 1 + Math.max(0, L - 1) * 1.1));
  const guess = Math.min(L ? WIDEST.guess : WIDEST.alone, unit);
  const block = Math.min(WIDEST.block, 1.1 * unit);
  const left = along - fixed - guess * (L + 1) - block * Math.max(0, L - 1);
  return { guess, block, open: L ? Math.min(WIDEST.open * 1.4, left) : 0 };
}

/**
 * All parts of a picture so large.
 * @param {Shape} shape
 * @param {object} view
 * @param {number} view.width
 * @param {number} view.height
 * @param {number} view.open the block that is open
 * @param {number} view.from the first lane in sight
 * @param {boolean} view.upright
 * @returns {Picture}
 */
export function picture(shape, { width, height, open, from, upright }) {
  const { T, L, H } = shape;
  const along = upright ? height - (L ? HEADS : 0) : width;
  const across = upright ? width : height - NAMES;
  const start = upright || !L ? 0 : HEADS;
  const fits = Math.floor((across - start) / (upright ? LANE.upright : LANE.least));
  const lanes = Math.min(T, MOST, Math.max(1, fits));
  const lane = Math.min(upright ? 60 : LANE.most, (across - start) / Math.max(lanes, 1));
  const first = within(T, lanes, from);
  const { guess, block, open: wide } = rooms(shape, along);
  /** @type {Part[]} */
  const parts = [];
  let u = 0;
  /** @type {(kind: Kind, depth: number, layer: number, lane: number, which: number, at: number[]) => void} */
  const add = (kind, depth, layer, token, which, [along0, across0, long, tall]) => {
    const box = upright ? { x: across0, y: along0, w: tall, h: long } : { x: along0, y: across0, w: long, h: tall };
    parts.push({ kind, depth, layer, lane: token, which, ...box });
  };
  /** @type {(kind: Kind, depth: number, layer: number, which: number, long: number) => void} */
  const each = (kind, depth, layer, which, long) => {
    for (let i = 0; i < lanes; i++) add(kind, depth, layer, first + i, which, [u, start + i * lane, long, lane]);
    u += long;
  };
  each("token", 0, -1, 0, TOKEN);
  each("input", 1, -1, 0, INPUT);
  for (let l = 0; l < L; l++) {
    const base = between(l);
    each("guess", base, l, 0, guess);
    const far = l === open ? wide : block;
    const whole = [u, 0, far + (upright && l === open ? HEADS : 0), start + lanes * lane];
    add("block", base + 1, l, -1, 0, whole);
    if (l !== open) {
      each("attn", base + 3, l, 0, shape.mlp ? far / 2 : far);
      if (shape.mlp) each("mlp", base + 6, l, 0, far / 2);
      continue;
    }
    const side = Math.min(HEADS - 6, (upright ? lanes * lane : far) / H - 3);
    for (let h = 0; h < H; h++) {
      const place = (h * (upright ? lanes * lane : far)) / H;
      add("head", base + 2, l, -1, h, upright ? [u + 2, place + 1, side, side] : [u + place + 1, 2, side, side]);
    }
    if (upright) u += HEADS;
    const flow = inside(shape);
    const sum = flow.reduce((all, [, share]) => all + share, 0);
    flow.forEach(([kind, share, which], i) => each(kind, base + 2 + i * 0.5, l, which, (far * share) / sum));
  }
  each("guess", between(L), L, 0, guess);
  if (shape.final) each("final", between(L) + 1, L, 0, FINAL);
  return { parts, from: first, lanes, lane, start, upright };
}

/**
 * Where the last attention is that a part has behind it; 0: none.
 * @param {Part} part
 * @param {readonly Part[]} parts
 */
function mixedAt(part, parts) {
  const mixes = parts.filter((one) => one.kind === "attn" && one.depth <= part.depth);
  return mixes.length ? mixes[mixes.length - 1].depth : 0;
}

/**
 * Which parts feed one: what its own token has passed, and of the tokens that an attention behind it may see, what they
 * had passed when it looked at them. A part of a whole block is fed by all lanes.
 * @param {Shape} shape
 * @param {readonly Part[]} parts
 * @param {Part} part
 * @returns {Set<Part>}
 */
export function feeding({ causal }, parts, part) {
  const mixed = mixedAt(part, parts);
  const sees = (/** @type {Part} */ one) => part.lane < 0 || one.lane < 0 || !causal || one.lane <= part.lane;
  const feeds = (/** @type {Part} */ one) => {
    if (one === part) return true;
    if (one.kind === "block") return one.layer === part.layer && part.kind !== "guess";
    if (one.depth >= part.depth) return false;
    if (one.lane === part.lane || part.lane < 0) return true;
    return one.depth < mixed && sees(one);
  };
  return new Set(parts.filter(feeds));
}

/**
 * The part at a place; of several the smallest.
 * @param {readonly Part[]} parts
 * @param {number} x
 * @param {number} y
 * @returns {Part | null}
 */
export function partAt(parts, x, y) {
  const here = parts.filter((one) => x >= one.x && x < one.x + one.w && y >= one.y && y < one.y + one.h);
  return here.sort((a, b) => a.w * a.h - b.w * b.h)[0] ?? null;
}

/**
 * A part's name, the same in every picture.
 * @param {Part} part
 */
export const nameOf = ({ kind, layer, lane, which }) => [kind, layer, lane, which].join(".");

/**
 * The next part in a direction: along its lane by depth, or the same part of the lane beside it.
 * @param {readonly Part[]} parts
 * @param {Part} now
 * @param {[across: number, along: number]} by
 * @returns {Part}
 */
export function towards(parts, now, [across, along]) {
  const beside = nameOf({ ...now, lane: now.lane + across });
  if (across) return parts.find((one) => nameOf(one) === beside) ?? now;
  const way = parts.filter((one) => one.lane === now.lane && one.kind !== "block");
  return way[clamp(way.indexOf(now) + along, 0, way.length - 1)] ?? now;
}

/**
 * What Python is told to look inside a part; null: there is nothing inside.
 * @param {Part} part
 * @returns {Record<string, string> | null}
 */
export function into({ kind, layer, which }) {
  const norm = kind === "final" ? "final" : `${which ? "mlp" : "attn"}.${layer + 1}`;
  /** @type {Partial<Record<Kind, Record<string, string>>>} */
  const ways = {
    head: { dive: "head" },
    arcs: { dive: "head" },
    norm: { dive: "norm", ln: norm, "ln-sum": "" },
    final: { dive: "norm", ln: norm, "ln-sum": "" },
    neurons: { dive: "neurons", neuron: "0" },
  };
  const stream = ["input", "guess", "attn", "mlp"].includes(kind) ? { dive: "stream", worked: "" } : null;
  return ways[kind] ?? stream;
}
