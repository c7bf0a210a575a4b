// The film's tensors as maps: how large each may be, and how one is drawn, with its numbers where they have room.

import { cellGaps, outline, paintCells } from "./cells.js";
import { inkOn, signedRamp, weightRamp } from "./colours.js";
import { clamp, css, letters, sharp } from "./dom.js";
import { short } from "./text.js";

/**
 * @typedef {object} Tensor
 * @property {string} name
 * @property {string} title
 * @property {string} shape in letters
 * @property {number} R rows
 * @property {number} C columns
 * @property {"signed" | "share" | "token"} kind
 * @property {string} weight where a click follows one: the tensor's name; else nothing
 * @property {string[]} rows (R,) names
 * @property {string[]} columns (C,)
 * @property {string[]} down labels of the rows, or none
 * @property {string[]} across labels of the columns, or none
 * @property {number[]} split so many rows, and columns, belong together; 0: all
 * @property {string[]} text what stands in the cells (R * C,), or nothing
 * @property {number[]} marks a column a row, or none
 */
/** @typedef {[wide: number, high: number]} Size of a cell */
/** @typedef {[row: number, column: number]} Cell */
/** @typedef {{ values: Float32Array, tensor: Tensor, most: number, power: number }} Sheet one map's numbers */

/** From large to small. @type {Size[]} */
const SIZES = [
  [76, 36],
  [56, 27],
  [46, 22],
  [38, 18],
  [32, 16],
  [26, 13],
  [18, 12],
  [13, 10],
  [9, 9],
];
const LABELS = 14; // pixels for the labels of rows, and of columns
const WORDS = 50; // of height: the lines over and under a map
const ROWS = 16; // a map of more is no higher
const BESIDE = 76; // width of what is written under one of two
const LEAST = 128; // width of what is written over it
const GAP = 12;
const DIGITS = [34, 13]; // a cell at least so large has its number in it

/** How wide a map is. @param {Tensor} tensor @param {Size} size */
const widthOf = ({ C, down }, [wide]) => C * wide + (down.length ? LABELS : 1) + 1;

/** How high it is. @param {Tensor} tensor @param {Size} size */
const heightOf = ({ R, across }, [, high]) => R * high + (across.length ? LABELS : 1) + 1;

/**
 * A cell's size in one figure: that of the scene, or the largest with which the figure is no wider than the room.
 * @param {Tensor} tensor
 * @param {boolean} both whether it has a map of its gradients, too, which shall stand beside its numbers
 * @param {Size} size
 * @param {number} room the width
 * @returns {Size}
 */
export function ownSize(tensor, both, size, room) {
  const smaller = SIZES.slice(SIZES.findIndex(([wide]) => wide <= size[0]));
  const beside = (/** @type {number} */ maps) =>
    smaller.find((one) => maps * widthOf(tensor, one) + (maps - 1) * GAP <= room);
  const found = (both && beside(2)) || beside(1);
  const [wide, high] = found ?? [Math.max(4, (room - widthOf(tensor, [0, 0])) / tensor.C), SIZES[SIZES.length - 1][1]];
  return [wide, Math.min(high, (high * ROWS) / tensor.R)];
}

/**
 * How high figures are that stand beside each other in rows.
 * @param {(Tensor | undefined)[]} tensors undefined: a new row begins
 * @param {boolean} both
 * @param {Size} size
 * @param {number} room the width
 */
export function packed(tensors, both, size, room) {
  let [x, high, all] = [0, 0, 0];
  for (const tensor of tensors) {
    const own = tensor && ownSize(tensor, both, size, room);
    const one = own ? Math.max(both ? BESIDE : LEAST, widthOf(tensor, own)) : room;
    const twice = own && both && 2 * one + GAP <= room;
    const wide = Math.max(LEAST, twice ? 2 * one + GAP : one);
    if (x && x + wide > room) {
      all += high + GAP;
      [x, high] = [0, 0];
    }
    if (!own) continue;
    x += wide + GAP;
    high = Math.max(high, (both && !twice ? 2 : 1) * heightOf(tensor, own) + WORDS);
  }
  return all + high;
}

/**
 * The largest cells with which a scene's figures have room; the smallest, if none.
 * @param {(Tensor | undefined)[]} tensors
 * @param {boolean} both
 * @param {number} room the width
 * @param {number} high the height
 */
export const sizeFor = (tensors, both, room, high) =>
  SIZES.find((size) => packed(tensors, both, size, room) <= high) ?? SIZES[SIZES.length - 1];

/**
 * One tensor's numbers with their scale: the largest, and the power of ten in which its cells are written.
 * @param {Tensor} tensor
 * @param {Float32Array} values
 * @returns {Sheet}
 */
export function sheet(tensor, values) {
  const most = values.reduce((so, x) => Math.max(so, Math.abs(x)), 0);
  const small = most > 0 && most < 0.1 && tensor.kind !== "token";
  const power = !small ? 0 : most >= 1e-4 ? -3 : most >= 1e-7 ? -6 : -9;
  return { tensor, values, most: most || 1, power };
}

/** @type {Record<number, string>} */
const PARTS = { [-3]: "thousandths", [-6]: "millionths", [-9]: "billionths" };

/**
 * What stands under a map.
 * @param {Sheet} sheet
 * @param {string} what
 * @param {boolean} inside whether numbers stand in its cells
 */
export function scaleWords({ most, power, values, tensor }, what, inside) {
  if (tensor.kind === "token") return `${new Set(values).size} different ones`;
  const sign = values.some((x) => x < 0) ? "±" : "";
  const up = values.every((x) => x === 0) ? "all 0" : `${sign ? "" : "up to "}${sign}${short(most, 3)}`;
  return `${what ? what + " " : ""}${up}${inside && power ? `, in ${PARTS[power]}` : ""}`;
}

/** Whether a cell has its number in it. @param {Size} size */
export const hasNumbers = ([wide, high]) => wide >= DIGITS[0] && high >= DIGITS[1];

/** A number in a cell. @param {number} x @param {number} power */
export function inCell(x, power) {
  const scaled = x / 10 ** power;
  if (Math.abs(scaled) < 0.005) return "0";
  return scaled.toFixed(Math.abs(scaled) >= 99.95 ? 0 : Math.abs(scaled) >= 9.995 ? 1 : 2);
}

/**
 * Draw one map; `marks` are cells that are framed, each in a theme's colour.
 * @param {ShadowRoot} root
 * @param {import("./cells.js").CellCanvas} canvas
 * @param {Sheet} sheet
 * @param {Size} size
 * @param {[cell: Cell, colour: string][]} frames
 */
export function drawMap(root, canvas, { tensor, values, most, power }, [side, high], frames) {
  const { R, C, kind, down, across, split, text } = tensor;
  const [left, top] = [down.length ? LABELS : 1, across.length ? LABELS : 1];
  const grid = (canvas.geometry = { left, top, side, high, R, C });
  const context = sharp(canvas, left + side * C + 1, top + high * R + 1);
  const share = kind === "share" && values.every((x) => x >= 0);
  const scale = kind === "token" ? Infinity : share ? 1 : most;
  const value = (/** @type {number} */ r, /** @type {number} */ c) => clamp(values[r * C + c] / scale, -1, 1);
  context.imageSmoothingEnabled = false;
  const cells = paintCells(root, { R, C, kind: share ? "share" : "signed", value, hidden: () => false });
  context.drawImage(cells, left, top, side * C, high * R);
  cellGaps(root, context, grid);
  context.strokeStyle = css(root, "--st-gray-color");
  context.strokeRect(left - 0.5, top - 0.5, side * C + 1, high * R + 1);
  context.fillStyle = css(root, "--st-text-color");
  if (split[0]) for (let r = split[0]; r < R; r += split[0]) context.fillRect(left, top + r * high - 1, side * C, 1.5);
  if (split[1]) for (let c = split[1]; c < C; c += split[1]) context.fillRect(left + c * side - 1, top, 1.5, high * R);
  const font = css(root, "--st-code-font") || "monospace";
  context.font = `${Math.min(letters(9), Math.max(high, 8))}px ${font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  down.forEach((label, r) => context.fillText(label, LABELS / 2, top + (r + 0.5) * high));
  across.forEach((label, c) => context.fillText(label, left + (c + 0.5) * side, LABELS / 2));
  if (text.length || hasNumbers([side, high])) {
    const ramp = share ? weightRamp(root) : signedRamp(root);
    context.font = `${text.length ? high * 0.7 : Math.min(high * 0.62, side / 3.7)}px ${font}`;
    for (let i = 0; i < R * C; i++) {
      const [r, c] = [Math.floor(i / C), i % C];
      context.fillStyle = inkOn(ramp(value(r, c)));
      context.fillText(text[i] ?? inCell(values[i], power), left + (c + 0.5) * side, top + (r + 0.5) * high + 0.5);
    }
  }
  for (const [[row, column], colour] of frames) outline(root, context, grid, { row, column, colour });
}
