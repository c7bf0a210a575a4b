// A matrix as a grid of coloured cells, with labels, marked rows and columns.

import { ink, pixels, signedRamp, weightRamp } from "./colours.js";
import { css, letters, scale, sharp } from "./dom.js";
import { glyph } from "./text.js";

/**
 * @typedef {object} Grid
 * @property {number} left where the cells begin
 * @property {number} top
 * @property {number} side width of a cell
 * @property {number} high height of a cell
 * @property {number} R rows
 * @property {number} C columns
 */
/** @typedef {{ row?: number, column?: number, colour: string }} Mark row, column or one cell, in a theme's colour */
/**
 * @typedef {object} Matrix
 * @property {number} R rows
 * @property {number} C columns
 * @property {"share" | "signed"} kind weights from 0 to 1, or numbers from -most to most
 * @property {number} [most]
 * @property {(row: number, column: number) => number} value
 * @property {(row: number, column: number) => boolean} hidden what no token may see
 */
/**
 * @typedef {Omit<Matrix, "R" | "C"> & Drawing} Shown
 * @typedef {object} Drawing
 * @property {number} wide room for all cells and the labels of the rows
 * @property {number} high of a cell whose columns have no names; else cells are squares
 * @property {string[]} rows labels
 * @property {string[] | null} columns labels; null: numbers without names
 * @property {number} count of unnamed columns
 * @property {number} grown which share of the rows is there already, 0 to 1
 * @property {string} stamp of what is shown: as long as it stays, the picture of the cells is kept
 * @property {Mark[]} marks
 * @property {number} [edge] room for the labels, of more than one letter
 */
/** @typedef {HTMLCanvasElement & { geometry?: Grid, stamp?: string, picture?: OffscreenCanvas }} CellCanvas */

const EDGE = 12; // room for the labels
const SHADES = 1024;

/**
 * One pixel a cell, to be stretched: a thousand rectangles a hover would be slow.
 * @param {ShadowRoot} root
 * @param {Matrix} matrix
 * @param {number} [drawn] only so many rows
 */
export function paintCells(root, { R, C, kind, most = 1, value, hidden }, drawn = R) {
  const picture = new OffscreenCanvas(C, R);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (picture.getContext("2d"));
  const image = context.createImageData(C, R);
  const all = new Uint32Array(image.data.buffer);
  const share = kind === "share";
  const weight = weightRamp(root);
  const signed = signedRamp(root);
  const shades = pixels(SHADES, (x) => (share ? weight(x) : signed(2 * x - 1)));
  for (let r = 0; r < drawn; r++) {
    for (let c = 0; c < C; c++) {
      if (hidden(r, c)) continue;
      const x = share ? value(r, c) : (value(r, c) / most + 1) / 2;
      all[r * C + c] = shades[Math.round(x * (SHADES - 1))];
    }
  }
  context.putImageData(image, 0, 0);
  return picture;
}

/**
 * Thin lines that tell large cells apart.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {Grid} grid
 */
export function cellGaps(root, context, { left, top, side, high, R, C }) {
  if (Math.min(side, high) <= 5) return;
  context.fillStyle = css(root, "--st-secondary-background-color");
  for (let c = 1; c <= C; c++) context.fillRect(left + c * side - 1, top, 1, high * R);
  for (let r = 1; r <= R; r++) context.fillRect(left, top + r * high - 1, side * C, 1);
}

/**
 * @param {ShadowRoot} root
 * @param {CellCanvas} canvas
 * @param {Shown} shown
 */
export function drawCells(root, canvas, shown) {
  const R = shown.rows.length;
  const C = shown.columns?.length ?? shown.count;
  const edge = shown.edge ?? EDGE;
  const top = shown.columns ? edge : 2;
  const side = (shown.wide - edge) / C;
  const high = shown.columns ? side : shown.high;
  const grid = (canvas.geometry = { left: edge, top, side, high, R, C });
  const context = sharp(canvas, shown.wide, top + high * R + 1);
  const { text } = ink(root);
  const drawn = Math.ceil(R * shown.grown);
  const stamp = [shown.stamp, drawn, R, C, text].join(); // the colours are kept while only the marks move
  if (canvas.stamp !== stamp || !canvas.picture) {
    canvas.stamp = stamp;
    canvas.picture = paintCells(root, { ...shown, R, C }, drawn);
  }
  context.imageSmoothingEnabled = side * scale() * (window.devicePixelRatio || 1) < 1;
  context.drawImage(canvas.picture, edge, top, side * C, high * R);
  cellGaps(root, context, grid);
  strikeHidden(root, context, grid, shown.hidden, drawn);
  const least = letters(8);
  const size = Math.max(least, Math.min(12, high));
  context.font = `${size}px ${css(root, "--st-code-font") || "monospace"}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  const many = Math.max(1, Math.floor(edge / (0.62 * size) - 0.5));
  drawLabels(root, context, shown.rows, [high, least], many, of(shown.marks, "row"), (label, i) =>
    context.fillText(label, edge / 2, top + (i + 0.5) * high),
  );
  drawLabels(root, context, shown.columns ?? [], [side, least], 1, of(shown.marks, "column"), (label, i) =>
    context.fillText(label, edge + (i + 0.5) * side, edge / 2),
  );
  for (const mark of shown.marks) outline(root, context, grid, mark);
}

/**
 * The half of a large map that the mask forbids: hatched.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {number} edge where the map begins, from the left and from the top
 * @param {number} full side of the map
 */
export function hatchHidden(root, context, edge, full) {
  context.save();
  context.beginPath();
  context.moveTo(edge, edge);
  context.lineTo(edge + full, edge);
  context.lineTo(edge + full, edge + full);
  context.closePath();
  context.clip();
  context.strokeStyle = css(root, "--st-gray-color"); // the border's colour is hardly seen on a dark ground
  context.globalAlpha = 0.35;
  for (let x = -full; x < full; x += 5) {
    context.beginPath();
    context.moveTo(edge + x, edge + full);
    context.lineTo(edge + x + full, edge);
    context.stroke();
  }
  context.restore();
}

/**
 * What no token may see: a line instead of cells.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {Grid} grid
 * @param {(row: number, column: number) => boolean} hidden
 * @param {number} drawn
 */
function strikeHidden(root, context, { left, top, side, high, C }, hidden, drawn) {
  context.strokeStyle = ink(root).line;
  for (let r = 0; r < drawn; r++) {
    if (!hidden(r, C - 1)) continue;
    let first = 0;
    while (!hidden(r, first)) first += 1;
    context.beginPath();
    context.moveTo(left + first * side, top + (r + 0.5) * high);
    context.lineTo(left + C * side, top + (r + 0.5) * high);
    context.stroke();
  }
}

/**
 * The marks of one direction: place and colour.
 * @param {Mark[]} marks
 * @param {"row" | "column"} along
 * @returns {[place: number, colour: string][]}
 */
const of = (marks, along) =>
  marks.flatMap(({ [along]: place, colour }) => (place === undefined ? [] : [[place, colour]]));

/**
 * Labels of rows or columns; crowded ones only each n-th, and those that are marked.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {string[]} names
 * @param {[step: number, apart: number]} pixels from one to the next, and that they need
 * @param {number} long letters of a label
 * @param {[place: number, colour: string][]} marks
 * @param {(label: string, i: number) => void} put
 */
function drawLabels(root, context, names, [step, apart], long, marks, put) {
  const every = Math.ceil(apart / step);
  const { text } = ink(root);
  names.forEach((name, i) => {
    const mark = marks.find(([place]) => place === i);
    const near = marks.some(([place]) => Math.abs(place - i) * step < apart);
    context.fillStyle = mark ? css(root, mark[1]) : text;
    if (mark || (i % every === 0 && !near)) put(glyph(name).slice(0, long), i);
  });
}

/**
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {Grid} grid
 * @param {Mark} mark
 */
export function outline(root, context, { left, top, side, high, R, C }, { row, column, colour }) {
  context.strokeStyle = css(root, colour);
  context.lineWidth = 1.5;
  const [x, wide] = column === undefined ? [left, side * C] : [left + column * side, Math.max(side, 3)];
  const [y, tall] = row === undefined ? [top, high * R] : [top + row * high, Math.max(high, 3)];
  context.strokeRect(x + 0.5, y + 0.5, wide - 1, tall - 1);
}
