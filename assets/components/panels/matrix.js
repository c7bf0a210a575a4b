// One or several matrices under one scale, as cells with names: whatever Python describes. A pointer, a click or the
// arrow keys tell the number one looks at. The server is asked nothing.

import { written } from "../shared/axes.js";
import { cellGaps, outline, paintCells } from "../shared/cells.js";
import { drawRamp, inkOn, signedRamp, weightRamp } from "../shared/colours.js";
import { clamp, css, el, letters, sharp } from "../shared/dom.js";
import { drawNames, roomFor } from "../shared/names.js";
import { Picture } from "../shared/picture.js";
import { wireCells } from "../shared/pointer.js";

/**
 * @typedef {object} Cells
 * @property {string} title
 * @property {number} R rows
 * @property {number} C columns
 * @property {string[]} across names of the columns (C,)
 * @property {string[]} down names of the rows (R,)
 * @property {string[][]} text what stands in the cells (R, C), or nothing
 */
/**
 * @typedef {object} Payload
 * @property {number} N numbers in all
 * @property {string} title
 * @property {string} note
 * @property {string} alt
 * @property {string} file
 * @property {number} height
 * @property {number} columns so many matrices side by side
 * @property {string} x what a column is
 * @property {string} y what a row is
 * @property {string} unit
 * @property {string} form how a number is written
 * @property {"share" | "signed"} kind numbers from 0 to `most`, or from -most to most
 * @property {number} most
 * @property {boolean} key whether the picture tells what its colours mean
 * @property {Cells[]} cells
 * @property {Float32Array} values (N,) one matrix behind the other; NaN: no number
 */
/** @typedef {[matrix: number, row: number, column: number]} At the number one looks at */
/** @typedef {import("../shared/cells.js").CellCanvas} CellCanvas */

const NARROW = 120; // pixels that a matrix needs beside others
const GAP = 12; // between two
const FEW = 3; // matrices beside each other that still show their names

/**
 * Where a matrix begins in the numbers of all.
 * @param {Cells[]} cells
 * @param {number} m
 */
export const startOf = (cells, m) => cells.slice(0, m).reduce((sum, { R, C }) => sum + R * C, 0);

/**
 * A row's or column's name in words: with its place where two are alike, its place alone where it has no name.
 * @param {string[]} names
 * @param {number} i
 */
export function nameAt(names, i) {
  const name = names[i];
  if (!name) return String(i + 1);
  return names.some((other, n) => n !== i && other === name) ? `${i + 1} “${name}”` : name;
}

/**
 * One number in words.
 * @param {Payload} payload
 * @param {At} at
 */
export function tellCell({ cells, values, x, y, unit, form }, [m, r, c]) {
  const { title, C, across, down, text } = cells[m];
  const value = values[startOf(cells, m) + r * C + c];
  const number = Number.isNaN(value) ? "no number" : written(form, value);
  const behind = unit && !Number.isNaN(value) && !form.endsWith("%");
  const told = !behind ? number : unit === "%" ? `${number} %` : `${unit} ${number}`;
  const letter = text.length ? `“${text[r][c].split("\n")[0]}”, ` : "";
  return `${title ? `${title}: ` : ""}${y} ${nameAt(down, r)}, ${x} ${nameAt(across, c)}: ${letter}${told}`;
}

/**
 * @template {Payload} Data
 * @extends {Picture<Data>}
 */
export class Matrices extends Picture {
  static builtOn = "matrix"; // whose style has what is built on this

  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.maps = el("div", { class: "maps" });
    this.scale = el("canvas", { "aria-hidden": "true" });
    this.least = el("span");
    this.greatest = el("span");
    this.legend = el("span", { class: "legend" }, this.least, this.scale, this.greatest);
    this.axes = el("span");
    this.words = el("p", { class: "words" }, this.legend, this.axes);
    this.body.prepend(this.maps, this.words);
    /** @type {CellCanvas[]} */
    this.canvases = [];
    /** @type {At | null} under the pointer */
    this.at = null;
    /** @type {At | null} held by a click */
    this.held = null;
  }

  update() {
    super.update();
    const { cells } = this.data;
    while (this.canvases.length > cells.length) this.canvases.pop();
    while (this.canvases.length < cells.length) this.canvases.push(this.open(this.canvases.length));
    this.maps.replaceChildren(
      ...cells.map(({ title }, m) => el("figure", {}, el("figcaption", { text: title }), this.canvases[m])),
    );
    const gone = (/** @type {At | null} */ at) => at && !(at[1] < cells[at[0]]?.R && at[2] < cells[at[0]].C);
    if (gone(this.at)) this.at = null;
    if (gone(this.held)) this.held = null;
    for (const canvas of this.canvases) canvas.picture = undefined;
  }

  /** @param {number} m */
  open(m) {
    const canvas = /** @type {CellCanvas} */ (el("canvas", { tabindex: 0, role: "img" }));
    wireCells(canvas, {
      point: (cell) => this.point(cell && [m, ...cell]),
      choose: (cell) => this.hold([m, ...cell]),
      drag: () => {},
      step: (down, right) => {
        const { R, C } = this.data.cells[m];
        const from = this.at ?? this.held;
        const [row, column] = from?.[0] === m ? [from[1] + down, from[2] + right] : [0, 0];
        this.point([m, clamp(row, 0, R - 1), clamp(column, 0, C - 1)]);
      },
      enter: () => {
        const at = this.at ?? this.held;
        if (at) this.hold(at);
      },
      escape: () => this.hold(null),
    });
    return canvas;
  }

  /**
   * What is told of the number one looks at.
   * @param {At} at
   */
  told(at) {
    return tellCell(this.data, at);
  }

  /** @param {At | null} at */
  point(at) {
    if (String(at) === String(this.at)) return;
    this.at = at;
    this.draw();
  }

  /** @param {At | null} at */
  hold(at) {
    this.held = at && String(at) === String(this.held) ? null : at;
    this.at = null;
    this.draw();
  }

  draw() {
    const { cells, columns, height, alt, x, y } = this.data;
    const width = this.width(500);
    const beside = Math.max(1, Math.min(columns, cells.length, Math.floor(width / NARROW)));
    const wide = (width - GAP * (beside - 1)) / beside;
    const rows = Math.ceil(cells.length / columns);
    const high = (height - (rows - 1) * GAP) / rows;
    this.maps.style.gridTemplateColumns = `repeat(${beside}, minmax(0, 1fr))`;
    this.ramp = this.data.kind === "share" ? weightRamp(this.root) : signedRamp(this.root);
    const at = this.at ?? this.held;
    this.canvases.forEach((canvas, m) => {
      this.picture(canvas, m, wide, high, at);
      const title = cells[m].title ? `${cells[m].title}. ` : "";
      const told = at?.[0] === m ? ` ${this.told(at)}` : "";
      canvas.setAttribute("aria-label", m ? `${title}${told}`.trim() || alt : `${title}${alt}${told}`);
    });
    this.axes.textContent = `Down: ${y}. Across: ${x}.`;
    this.colours();
    this.tell(at ? this.told(at) : "");
  }

  /** What the colours mean. */
  colours() {
    const { kind, most, unit, form, key } = this.data;
    this.legend.hidden = !key;
    if (!key || !this.ramp) return;
    const [ramp, signed] = [this.ramp, kind === "signed"];
    drawRamp(sharp(this.scale, 90, 8), 90, 8, (share) => ramp(signed ? 2 * share - 1 : share));
    this.least.textContent = written(form, signed ? -most : 0);
    this.greatest.textContent = `${written(form, most)} ${form.endsWith("%") ? "" : unit}`.trim();
  }

  /**
   * One matrix on its canvas: names, cells, what stands in them, and the row and column one looks at.
   * @param {CellCanvas} canvas
   * @param {number} m
   * @param {number} wide
   * @param {number} room its height
   * @param {At | null} at
   */
  picture(canvas, m, wide, room, at) {
    const { cells, values, kind, most, columns } = this.data;
    const { R, C, across, down, text } = cells[m];
    const named = Math.min(columns, cells.length) <= FEW;
    const size = letters(clamp(room / R, 8, 10));
    const font = `${size}px ${css(this.root, "--st-code-font") || "monospace"}`;
    const [left, top] = named ? roomFor(canvas, font, size, across, down, wide) : [1, 1];
    const square = across.join("\n") === down.join("\n") || cells.length > 1;
    const [side, high] = [(wide - left - 1) / C, (room - top - 1) / R];
    const least = Math.min(side, high);
    const grid = { left, top, side: square ? least : side, high: square ? least : high, R, C };
    canvas.geometry = grid;
    const context = sharp(canvas, wide, top + grid.high * R + 1);
    const start = startOf(cells, m);
    const value = (/** @type {number} */ r, /** @type {number} */ c) => values[start + r * C + c] / most;
    const stamp = [kind, css(this.root, "--st-text-color"), css(this.root, "--st-secondary-background-color")].join();
    if (canvas.stamp !== stamp || !canvas.picture) {
      canvas.stamp = stamp;
      const low = kind === "share" ? 0 : -1;
      canvas.picture = paintCells(this.root, {
        R,
        C,
        kind,
        value: (r, c) => clamp(value(r, c), low, 1),
        hidden: (r, c) => Number.isNaN(value(r, c)),
      });
    }
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas.picture, left, top, grid.side * C, grid.high * R);
    cellGaps(this.root, context, grid);
    context.strokeStyle = css(this.root, "--st-border-color");
    context.strokeRect(left - 0.5, top - 0.5, grid.side * C + 1, grid.high * R + 1);
    if (named) drawNames(context, grid, { across, down }, { font, size, colour: css(this.root, "--st-text-color") });
    if (text.length) this.inside(context, grid, text, value);
    if (at?.[0] !== m) return;
    outline(this.root, context, grid, { row: at[1], colour: "--st-blue-color" });
    outline(this.root, context, grid, { column: at[2], colour: "--st-orange-color" });
  }

  /**
   * Letters in the cells.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../shared/cells.js").Grid} grid
   * @param {string[][]} text
   * @param {(row: number, column: number) => number} value
   */
  inside(context, { left, top, side, high, R, C }, text, value) {
    const said = text.flat().map((one) => one.split("\n"));
    const lines = Math.max(...said.map((one) => one.length));
    const long = Math.max(...said.flat().map((line) => line.length), 1);
    const size = Math.max(Math.min(high / (lines + 0.4), (side * 1.5) / long, letters(16)), letters(8));
    context.font = `${size}px ${css(this.root, "--st-code-font") || "monospace"}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (let r = 0; r < R; r++) {
      for (let c = 0; c < C; c++) {
        if (Number.isNaN(value(r, c))) continue; // a place without a number has no ground to write on
        context.fillStyle = inkOn((this.ramp ?? weightRamp(this.root))(value(r, c)));
        const here = said[r * C + c];
        here.forEach((line, n) => {
          const y = top + (r + 0.5) * high + (n - (here.length - 1) / 2) * size * 1.15;
          context.fillText(line, left + (c + 0.5) * side, y, side);
        });
      }
    }
  }

  /** @returns {[HTMLCanvasElement, string][]} */
  parts() {
    return this.canvases.map((canvas, m) => [canvas, this.data.cells[m].title]);
  }

  rows() {
    const { cells, values, x, y, unit } = this.data;
    /** @type {import("../shared/files.js").Field[][]} */
    const rows = [["picture", y, x, "text", unit || "value"]];
    cells.forEach(({ title, R, C, across, down, text }, m) => {
      const start = startOf(cells, m);
      for (let r = 0; r < R; r++) {
        for (let c = 0; c < C; c++) {
          const value = values[start + r * C + c];
          const said = text.length ? text[r][c].split("\n")[0] : "";
          rows.push([title, nameAt(down, r), nameAt(across, c), said, Number.isNaN(value) ? null : value]);
        }
      }
    });
    return rows;
  }
}

/** @extends {Matrices<Payload>} */
export default class Matrix extends Matrices {}
