// The stream at every boundary: which dimensions are large, and whether they are the same from layer to layer.

import { drawCells } from "../shared/cells.js";
import { clamp, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { wireCells } from "../shared/pointer.js";
import { exact, percent } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} S boundaries
 * @property {number} C dimensions
 * @property {number} n of the largest that are named
 * @property {string[]} names (S,)
 * @property {string} sentence
 * @property {string} token that one looks from, in words
 * @property {string} number that is worked out
 * @property {Float32Array} values (S, C)
 * @property {Float32Array} shares (S, C) of the squared length, the mean over the prompt
 * @property {Uint16Array} tops (S, n) the largest of them
 */

const HIGH = 15;

/**
 * What stands at a cell, in words.
 * @param {Payload} payload
 * @param {[row: number, column: number]} place
 */
export function tellDimension({ C, names, token, values, shares }, [row, column]) {
  const at = row * C + column;
  const value = `${names[row]}, number ${column + 1} of ${token}: ${exact(values[at])}`;
  return `${value}. Over this prompt it carries ${percent(shares[at])} of the squared length there.`;
}

/** @extends {Card<Payload>} */
export default class Dimensions extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Which dimensions carry the most", "run");
    this.canvas = /** @type {import("../shared/cells.js").CellCanvas} */ (el("canvas", { role: "img", tabindex: 0 }));
    this.readout = el("p", { class: "readout" });
    this.list = el("div", { class: "lists" });
    this.body.append(this.canvas, this.readout, this.list);
    /** @type {[row: number, column: number] | null} */
    this.at = null;
    wireCells(this.canvas, {
      point: (place) => this.point(place),
      choose: (place) => this.choose(place),
      drag: (_, place) => this.choose(place),
      step: (down, right) => {
        const { S, C } = this.data;
        const [row, column] = this.at ?? [S - 1, -1];
        this.point([clamp(row + down, 0, S - 1), clamp(column + right, 0, C - 1)]);
      },
      enter: () => this.at && this.choose(this.at),
      escape: () => this.point(null),
    });
  }

  frame() {
    return this.body;
  }

  /** @param {[row: number, column: number] | null} place */
  point(place) {
    this.at = place;
    this.drawSoon();
  }

  /** @param {[row: number, column: number]} place */
  choose([row, column]) {
    this.send("choice", { worked: `number.${row}.${column}` });
  }

  update() {
    const { S, n, names, tops, shares, C, token } = this.data;
    this.say(this.data.sentence);
    const rows = Array.from({ length: token ? S : 0 }, (_, s) =>
      el(
        "div",
        { class: "row" },
        el("span", { class: "name", text: names[s] }),
        ...Array.from(tops.subarray(s * n, (s + 1) * n), (c) => {
          const before = s > 0 && tops.subarray((s - 1) * n, s * n).includes(c);
          const text = `${before ? "= " : ""}${c + 1}: ${percent(shares[s * C + c])}`;
          const same = before ? ", as before" : "";
          const label = `dimension ${c + 1}, ${percent(shares[s * C + c])} at ${names[s]}${same}`;
          const onclick = () => this.choose([s, c]);
          return el("button", {
            type: "button",
            class: before ? "soft same" : "soft",
            text,
            "aria-label": label,
            onclick,
          });
        }),
      ),
    );
    this.list.replaceChildren(...rows);
  }

  draw() {
    const { S, C, names, values, token, number } = this.data;
    this.canvas.hidden = this.readout.hidden = !token;
    if (!token) return;
    const most = Math.max(...values.map(Math.abs), 1e-9);
    const [kind, ...place] = number.split(".");
    const marks =
      kind === "number" ? [{ row: Number(place[0]), column: Number(place[1]), colour: "--st-text-color" }] : [];
    if (this.at) marks.push({ row: this.at[0], column: this.at[1], colour: "--st-orange-color" });
    drawCells(this.root, this.canvas, {
      wide: this.width(),
      high: HIGH,
      rows: names.map((_, s) => (s ? String(s % 10) : "E")),
      columns: null,
      count: C,
      grown: 1,
      stamp: [...values].join(),
      marks: marks.filter(({ row, column }) => row < S && column < C),
      kind: "signed",
      most,
      value: (row, column) => values[row * C + column],
      hidden: () => false,
    });
    const range = `from −${exact(most)} (blue) to ${exact(most)} (red)`;
    const rest = `${C} numbers of ${token} at each boundary, ${range}. Point at one.`;
    this.readout.textContent = this.at ? tellDimension(this.data, this.at) : rest;
    this.canvas.setAttribute(
      "aria-label",
      `${this.title.textContent}. ${this.data.sentence} ${this.readout.textContent}`,
    );
  }
}
