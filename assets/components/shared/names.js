// The names of a matrix's rows and columns along its edges, as many as have room.

import { thinned } from "./axes.js";

/** @typedef {import("./cells.js").Grid} Grid */

const GAP = 4; // between a name and the cells
const LONGEST = 0.3; // of the width, for the rows' names
const HIGHEST = 60; // pixels for the columns' names that are turned

/**
 * Room for the names at the left and on top.
 * @param {HTMLCanvasElement} canvas
 * @param {string} font
 * @param {number} size
 * @param {string[]} across
 * @param {string[]} down
 * @param {number} wide of all
 * @returns {[left: number, top: number]}
 */
export function roomFor(canvas, font, size, across, down, wide) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.font = font;
  const widest = (/** @type {string[]} */ names) =>
    Math.max(0, ...names.map((name) => context.measureText(name).width));
  const left = down.some(Boolean) ? Math.min(widest(down), wide * LONGEST) + GAP : 1;
  if (!across.some(Boolean)) return [left, 1];
  const long = widest(across);
  return [left, (turned(long, (wide - left) / across.length, size) ? Math.min(long, HIGHEST) : size * 1.15) + GAP];
}

/**
 * Whether columns' names are written upwards: they are wider than a column, which is wide enough for them like that.
 * @param {number} longest
 * @param {number} side
 * @param {number} size
 */
const turned = (longest, side, size) => longest > side - 2 && longest > size * 1.3;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Grid} grid
 * @param {{ across: string[], down: string[] }} names
 * @param {{ font: string, size: number, colour: string }} look
 */
export function drawNames(context, { left, top, side, high, R, C }, { across, down }, { font, size, colour }) {
  context.font = font;
  context.fillStyle = colour;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const everyRow = thinned(R, high, size);
  down.forEach((name, r) => {
    if (r % everyRow === 0) context.fillText(name, left - GAP, top + (r + 0.5) * high, left - GAP);
  });
  const longest = Math.max(0, ...across.map((name) => context.measureText(name).width));
  const up = turned(longest, side, size);
  const everyColumn = thinned(C, side, up ? size : Math.max(longest + 1, size * 0.65));
  context.textAlign = up ? "left" : "center";
  across.forEach((name, c) => {
    if (c % everyColumn) return;
    context.save();
    context.translate(left + (c + 0.5) * side, up ? top - GAP : top - GAP - size / 2);
    if (up) context.rotate(-Math.PI / 2);
    context.fillText(name, 0, 0, up ? HIGHEST : side * everyColumn);
    context.restore();
  });
}
