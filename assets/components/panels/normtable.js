// The table of the tutorials, three tokens of width three: layer norm levels its rows, batch norm its columns.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { exact } from "../shared/text.js";
import { layerNorm } from "./normsteps.js";

/**
 * @typedef {object} Payload
 * @property {number} eps
 * @property {string} own what the two do on the visitor's prompt; "": too few tokens
 */

const SIDE = 3;
const START = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const BOUND = 1e6;

/**
 * The table (9,) levelled row by row, or column by column.
 * @param {ArrayLike<number>} table
 * @param {boolean} columns
 * @param {number} eps
 */
export function levelled(table, columns, eps) {
  const found = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) {
    const places = [0, 1, 2].map((j) => (columns ? j * SIDE + i : i * SIDE + j));
    const { divided } = layerNorm(
      places.map((place) => table[place]),
      [],
      [],
      eps,
    );
    places.forEach((place, j) => {
      found[place] = divided[j];
    });
  }
  return found;
}

/** @extends {Card<Payload>} */
export default class NormTable extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Three by three: rows or columns", "run");
    this.table = [...START];
    this.boxes = this.table.map((_, i) => {
      const label = `Token ${Math.floor(i / SIDE) + 1}, number ${(i % SIDE) + 1}`;
      const box = el("input", { type: "number", step: "any", "aria-label": label });
      box.oninput = () => this.edit(i, box.value);
      return box;
    });
    this.layer = START.map(() => el("td"));
    this.batch = START.map(() => el("td"));
    const tables = el(
      "div",
      { class: "tables" },
      grid(
        "x: edit it",
        this.boxes.map((box) => el("td", {}, box)),
      ),
      grid("layer norm: rows", this.layer),
      grid("batch norm: columns", this.batch),
    );
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      el("button", { type: "button", class: "soft", text, onclick });
    this.row = el(
      "div",
      { class: "row" },
      button("Row 3 × 10", () => this.all(this.table.map((x, i) => (i < 6 ? x : 10 * x)))),
      button("Swap rows 1 and 3", () => this.all([6, 7, 8, 3, 4, 5, 0, 1, 2].map((i) => this.table[i]))),
      button("1 to 9 again", () => this.all(START)),
    );
    this.told = el("p", { class: "told-moved", role: "status" });
    this.own = el("p", { class: "own" });
    this.body.append(tables, this.row, this.told, this.own);
    this.all(START);
  }

  /**
   * Another number; what is no number counts as 0.
   * @param {number} i
   * @param {string} text
   */
  edit(i, text) {
    const value = Number(text);
    this.table[i] = Math.abs(value) <= BOUND ? value : 0;
    this.fill();
  }

  /** @param {number[]} table */
  all(table) {
    this.table = table.map((x) => Math.max(-BOUND, Math.min(BOUND, x)));
    this.boxes.forEach((box, i) => {
      box.value = String(this.table[i]);
    });
    this.fill();
  }

  fill() {
    const eps = this.data?.eps ?? 1e-5;
    const moved = [false, true].map((columns) => {
      const found = levelled(this.table, columns, eps);
      const before = levelled(START, columns, eps);
      (columns ? this.batch : this.layer).forEach((cell, i) => {
        cell.textContent = exact(found[i]);
        cell.classList.toggle("moved", Math.abs(found[i] - before[i]) > 1e-4);
      });
      return found.filter((value, i) => Math.abs(value - before[i]) > 1e-4).length;
    });
    const changed = this.table.filter((x, i) => x !== START[i]).length;
    this.told.textContent = changed
      ? `Of the numbers 1 to 9, ${changed} are changed: ${moved[0]} of layer norm's 9 results moved, ` +
        `${moved[1]} of batch norm's.`
      : "Change one number: which results move? Those of its row, or those of its column.";
  }

  draw() {
    this.say("Three tokens of three numbers, without gain. Layer norm takes each row alone; batch norm each column.");
    this.own.textContent = this.data.own;
    this.fill();
  }
}

/**
 * A table of three rows.
 * @param {string} title
 * @param {HTMLElement[]} cells nine of them
 */
const grid = (title, cells) =>
  el(
    "table",
    {},
    el("caption", { text: title }),
    ...[0, 1, 2].map((i) =>
      el("tr", {}, el("th", { scope: "row", text: `token ${i + 1}` }), ...cells.slice(i * SIDE, (i + 1) * SIDE)),
    ),
  );
