// What goes in: the token's vector + the position's vector = the input, number by number, as colour.

import { looking } from "../shared/bus.js";
import { paint, signedRamp } from "../shared/colours.js";
import { css, el, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, spoken } from "../shared/text.js";

/** @typedef {import("../shared/colours.js").Colour} Colour */
/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} U tokens in the table
 * @property {number} C
 * @property {string[]} tokens
 * @property {number[]} row of each token (T,) in the table
 * @property {number} shade the number that gets the full colour
 * @property {Float32Array} token (U, C), of the whole alphabet, or of the prompt's different tokens
 * @property {Float32Array} position (T, C), or empty: the model knows no positions
 */
/** @typedef {[label: string, numbers: Float64Array]} Row numbers (C,) */

const HIGH = 22; // of a row of colours
const STEP = HIGH + 12;
const EDGE = 78; // room for the labels

/**
 * The vectors of one token: its own, its position's and their sum.
 * @param {Payload} payload
 * @param {number} t
 * @returns {Row[]}
 */
export function vectorsOf({ C, row, token, position }, t) {
  const numbers = (/** @type {Float32Array} */ all, /** @type {number} */ i) =>
    Float64Array.from(all.subarray(i * C, (i + 1) * C));
  const own = numbers(token, row[t]);
  if (!position.length) return [["token", own]];
  const place = numbers(position, t);
  return [
    ["token", own],
    ["+ position", place],
    ["= input", own.map((x, c) => x + place[c])],
  ];
}

/**
 * The colour of each number: the ramp ends at the shade.
 * @param {Float64Array} numbers
 * @param {number} shade
 * @param {(share: number) => Colour} ramp
 * @returns {Colour[]}
 */
export const shades = (numbers, shade, ramp) => Array.from(numbers, (x) => ramp(x / shade));

/** @extends {Card<Payload>} */
export default class Vectors extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Input vector = token + position");
    this.canvas = el("canvas", { role: "img" });
    this.readout = el("p", { class: "readout" });
    this.body.append(this.canvas, this.readout);
    /** @type {number | null} under the pointer */
    this.column = null;
    this.canvas.onpointermove = (event) => {
      const { C } = this.data;
      const column = Math.floor(((placeOf(event).x - EDGE) / (this.width() - EDGE)) * C);
      this.point(column >= 0 && column < C ? column : null);
    };
    this.canvas.onpointerleave = () => this.point(null);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    if ((this.column ?? 0) >= this.data.C) this.column = null; // of a wider model
  }

  /** @param {number | null} column */
  point(column) {
    this.column = column;
    this.draw();
  }

  draw() {
    const { T, C, tokens, shade } = this.data;
    this.blank(!T);
    if (!T) sharp(this.canvas, this.width(), 3 * STEP);
    if (!T) return this.say(`Each token will become ${C} numbers.`);
    const at = looking(T);
    const rows = vectorsOf(this.data, at);
    const who = `“${glyph(tokens[at])}” at position ${at + 1}`;
    const colours = `blue below zero, red above (full colour at ±${shade.toFixed(2)})`;
    this.say(`${who}: ${C} numbers each, ${colours}.`);
    this.picture(rows);
    const column = this.column;
    this.readout.textContent =
      column === null
        ? "Point at a column to read its numbers."
        : `Number ${column + 1}: ` + rows.map(([label, x]) => `${label} ${x[column].toFixed(3)}`).join("  ") + ".";
    const first = (/** @type {Float64Array} */ x) => Array.from(x.slice(0, 3), (one) => one.toFixed(3)).join(", ");
    const starts = rows.map(([label, x]) => `${label} starts with ${first(x)}`).join("; ");
    this.canvas.setAttribute("aria-label", `Vectors of ${spoken(tokens[at])}: ${starts}`);
  }

  /** @param {Row[]} rows */
  picture(rows) {
    const { C, shade } = this.data;
    const width = this.width();
    const context = sharp(this.canvas, width, rows.length * STEP);
    const ramp = signedRamp(this.root);
    const x = (/** @type {number} */ c) => EDGE + Math.floor((c * (width - EDGE)) / C);
    context.font = `12px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    rows.forEach(([label, numbers], r) => {
      context.fillStyle = css(this.root, "--st-text-color");
      context.fillText(label, 0, r * STEP + HIGH / 2);
      shades(numbers, shade, ramp).forEach((colour, c) => {
        context.fillStyle = paint(colour);
        context.fillRect(x(c), r * STEP, Math.max(1, x(c + 1) - x(c)), HIGH);
      });
    });
  }
}
