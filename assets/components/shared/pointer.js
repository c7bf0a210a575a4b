// A pointer and keys that find a cell of what cells.js drew.

import { arrow, placeOf } from "./dom.js";

/** @typedef {[row: number, column: number]} Cell of what is drawn */
/**
 * What a panel does with a cell.
 * @typedef {object} Doing
 * @property {(cell: Cell | null) => void} point at a cell, or away
 * @property {(cell: Cell) => void} choose by a click
 * @property {(one: Cell, other: Cell) => void} drag from one to another
 * @property {(down: number, right: number) => void} step by an arrow key
 * @property {() => void} enter by the Enter key, whatever is pointed at
 * @property {() => void} escape by the Escape key or a double click
 */

/**
 * The cell at a place of the canvas.
 * @param {import("./cells.js").Grid | undefined} grid
 * @param {number} x
 * @param {number} y
 * @returns {Cell | null}
 */
export function cellAt(grid, x, y) {
  if (!grid) return null;
  const c = Math.floor((x - grid.left) / grid.side);
  const r = Math.floor((y - grid.top) / grid.high);
  return r < 0 || r >= grid.R || c < 0 || c >= grid.C ? null : [r, c];
}

/**
 * @param {import("./cells.js").CellCanvas} canvas
 * @param {Doing} doing
 */
export function wireCells(canvas, { point, choose, drag, step, enter, escape }) {
  const at = (/** @type {MouseEvent} */ event) => {
    const { x, y } = placeOf(event);
    return cellAt(canvas.geometry, x, y);
  };
  /** @type {{ x: number, y: number, cell: Cell | null } | null} */
  let start = null;
  canvas.onpointerdown = (event) => {
    start = { ...placeOf(event), cell: at(event) };
  };
  canvas.onpointermove = (event) => point(at(event));
  canvas.onpointerleave = () => {
    start = null;
    point(null);
  };
  canvas.onpointerup = (event) => {
    const from = start;
    const to = at(event);
    const { x, y } = placeOf(event);
    start = null;
    if (!from || !to) return;
    if (from.cell && Math.hypot(x - from.x, y - from.y) > 8) drag(from.cell, to);
    else choose(to);
  };
  canvas.ondblclick = escape;
  canvas.onblur = () => point(null);
  canvas.onkeydown = (event) => {
    if (event.key === "Escape") escape();
    if (event.key === "Enter") enter();
    const by = arrow(event.key);
    if (!by) return;
    event.preventDefault();
    step(...by);
  };
}
