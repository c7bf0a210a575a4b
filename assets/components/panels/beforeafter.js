// Every head's map without and with the edits, small; the chosen one large, and beside it what has changed. All weights
// are here, so that another head asks the server nothing.

import { Attention } from "../shared/attention.js";
import { bus, looking, move, pin, tell } from "../shared/bus.js";
import { outline, paintCells } from "../shared/cells.js";
import { drawRamp, signedRamp, weightRamp } from "../shared/colours.js";
import { clamp, css, el, sharp } from "../shared/dom.js";
import { saveCsv } from "../shared/files.js";
import { drawHeads } from "../shared/headmaps.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { wireCells } from "../shared/pointer.js";
import { glyph, tenths } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {number} L layers
 * @property {number} H heads a layer
 * @property {number} T tokens whose maps are told: the last ones
 * @property {number} A layers that are told with the edits: none while there are no edits
 * @property {number} start the place of the first of these tokens
 * @property {boolean} causal only the allowed half of the weights is there
 * @property {string[]} tokens of the maps (T,)
 * @property {Uint16Array} before weights in 65,535ths, (L, H, T, T) or, causal, (L, H, T (T + 1) / 2)
 * @property {Uint16Array} after the same with the edits (A, H, ...)
 */
/** @typedef {import("../shared/cells.js").CellCanvas} CellCanvas */
/** @typedef {[row: number, column: number]} Cell */

const NARROW = 700; // pixels of a card in which pictures stand in two rows
const SIDES = ["before", "after", "after less before"];

/**
 * A token with its place in the text, of which the first ones may be out of sight.
 * @param {Payload} data
 * @param {number} i
 */
const placed = ({ tokens, start }, i) => `“${glyph(tokens[i])}” (${start + i + 1})`;

/**
 * One weight in words: what it was and what it is.
 * @param {Payload} data
 * @param {Cell} cell
 * @param {number} was
 * @param {number} is
 */
export function tellPair(data, [q, k], was, is) {
  const [who, whom] = [placed(data, q), placed(data, k)];
  if (data.causal && k > q) return `${who} cannot see ${whom}.`;
  return `${who} gives ${whom} ${tenths(was)} before, ${tenths(is)} after.`;
}

/** @extends {Card<Payload>} */
export default class BeforeAfter extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Heads, before and after", "run");
    /** @type {CellCanvas[]} */
    this.small = [0, 1].map((side) => this.grid(side));
    /** @type {CellCanvas[]} */
    this.large = [0, 1, 2].map((side) => this.map(side));
    this.titles = [...this.small, ...this.large].map(() => el("figcaption"));
    this.pictures = el(
      "div",
      { class: "pictures" },
      ...[...this.small, ...this.large].map((canvas, i) => el("figure", {}, this.titles[i], canvas)),
    );
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    const button = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => void} */ onclick) =>
      el("button", { type: "button", class: "soft", text, title, "aria-label": title, onclick });
    const png = button("PNG", "Save these pictures as a PNG", () => this.png());
    const csv = button("CSV", "Save the chosen head's weights, before and after, as CSV", () => this.csv());
    this.foot = el("div", { class: "foot" }, this.readout, png, csv);
    this.scales = [el("canvas", { "aria-hidden": "true" }), el("canvas", { "aria-hidden": "true" })];
    this.legend = el(
      "p",
      { class: "legend" },
      el("span", {}, "0 %", this.scales[0], "100 % of a row's attention"),
      el("span", {}, "−100", this.scales[1], "+100 points of it"),
    );
    this.body.append(this.pictures, this.foot, this.legend);
    /** @type {Cell | null} under the pointer */
    this.at = null;
    /** @type {Attention[]} */
    this.sides = [];
  }

  frame() {
    return this.body;
  }

  hears() {
    return { pin: () => this.drawSoon(), hover: () => this.drawSoon() };
  }

  update() {
    const { L, H, T, A, start, causal, before, after, sentence } = this.data;
    const whole = { L, H, T, causal, roles: [] };
    this.sides = [before, A ? after : before].map((pattern) => new Attention({ ...whole, pattern }));
    bus.attention = start ? null : this.sides[1]; // the tokens are shaded by what flows
    this.at = null;
    this.say(sentence);
    this.blank(!L || !T);
    this.card.dataset.rows = String(T);
    tell("attention", {});
  }

  /**
   * All small maps of one side.
   * @param {number} side
   */
  grid(side) {
    const label = `All heads ${SIDES[side]}: arrow keys choose one`;
    const canvas = /** @type {CellCanvas} */ (el("canvas", { tabindex: 0, role: "img", "aria-label": label }));
    const take = (/** @type {Cell} */ [layer, head]) => move({ layer, head, mode: "head" });
    wireCells(canvas, {
      point: () => {},
      choose: take,
      drag: () => {},
      step: (down, right) => {
        const { layer, head } = this.chosen();
        take([clamp(layer + down, 0, this.data.L - 1), clamp(head + right, 0, this.data.H - 1)]);
      },
      enter: () => {},
      escape: () => {},
    });
    return canvas;
  }

  /**
   * The chosen head's map of one side.
   * @param {number} side
   */
  map(side) {
    const canvas = /** @type {CellCanvas} */ (el("canvas", { tabindex: 0, role: "img", "data-side": SIDES[side] }));
    wireCells(canvas, {
      point: (cell) => this.point(cell),
      choose: ([row]) => pin(row + this.data.start),
      drag: () => {},
      step: (down, right) => {
        const [q, k] = this.cell();
        this.point([clamp(q + down, 0, this.data.T - 1), clamp(k + right, 0, this.data.T - 1)]);
      },
      enter: () => move({ pin: this.cell()[0] + this.data.start }),
      escape: () => move({ pin: null }),
    });
    return canvas;
  }

  /** @param {Cell | null} cell */
  point(cell) {
    if (String(cell) === String(this.at)) return;
    this.at = cell;
    this.drawSoon();
  }

  /** The chosen head, as far as this model has it. */
  chosen() {
    const { L, H } = this.data;
    return { layer: Math.min(bus.view.layer, L - 1), head: Math.min(bus.view.head, H - 1) };
  }

  /**
   * The weight one looks at: under the pointer, else the row's largest change.
   * @returns {Cell}
   */
  cell() {
    if (this.at) return this.at;
    const { T, start } = this.data;
    const q = Math.max(0, looking(start + T) - start);
    const changes = Array.from({ length: T }, (_, k) => Math.abs(this.change(q, k)));
    const most = Math.max(...changes);
    const { layer, head } = this.chosen();
    const row = this.sides[0].row({ layer, head, mode: "head" }, q);
    return [q, most > 0 ? changes.indexOf(most) : row.indexOf(Math.max(...row))];
  }

  /**
   * @param {number} q
   * @param {number} k
   */
  change(q, k) {
    const { layer, head } = this.chosen();
    const [was, is] = this.sides.map((side) => side.weight(layer, head, q, k));
    return is - was;
  }

  draw() {
    const { L, H, T } = this.data;
    if (!L || !T) return;
    const { layer, head } = this.chosen();
    const width = this.width(900);
    const beside = width < NARROW ? 2 : 5;
    const side = Math.floor((width - 12 * (beside - 1)) / beside);
    this.pictures.style.gridTemplateColumns = `repeat(${beside}, minmax(0, 1fr))`;
    const name = `head ${layer + 1}.${head + 1}`;
    const said = [`all ${SIDES[0]}`, `all ${SIDES[1]}`, ...SIDES.map((one) => `${name} ${one}`)];
    said.forEach((text, i) => (this.titles[i].textContent = text));
    const cell = this.cell();
    this.small.forEach((canvas, i) => drawHeads(this.root, canvas, this.sides[i], side, { layer, head }));
    this.large.forEach((canvas, i) => this.one(canvas, i, side, cell));
    const [q, k] = cell;
    const [was, is] = this.sides.map((one) => one.weight(layer, head, q, k));
    const told = tellPair(this.data, cell, was, is);
    this.readout.textContent = `Head ${layer + 1}.${head + 1}: ${told}`;
    this.large.forEach((canvas, i) => canvas.setAttribute("aria-label", `${said[i + 2]}. ${told}`));
    const [weight, signed] = [weightRamp(this.root), signedRamp(this.root)];
    drawRamp(sharp(this.scales[0], 70, 8), 70, 8, weight);
    drawRamp(sharp(this.scales[1], 70, 8), 70, 8, (share) => signed(2 * share - 1));
    this.card.dataset.head = `${layer + 1}.${head + 1}`;
    this.card.dataset.heads = String(L * H);
  }

  png() {
    const names = this.titles.map((title) => title.textContent ?? "");
    savePng(this.root, [...this.small, ...this.large], names, "edits-heads.png");
  }

  csv() {
    saveCsv(this.rows(), "edits-heads.csv");
  }

  /** The chosen head's weights on both sides. @returns {import("../shared/files.js").Field[][]} */
  rows() {
    const { T, causal } = this.data;
    const { layer, head } = this.chosen();
    /** @type {import("../shared/files.js").Field[][]} */
    const rows = [["head", "token that looks", "token that is looked at", "before", "after"]];
    for (let q = 0; q < T; q++) {
      for (let k = 0; k <= (causal ? q : T - 1); k++) {
        const [was, is] = this.sides.map((side) => side.weight(layer, head, q, k));
        rows.push([`${layer + 1}.${head + 1}`, placed(this.data, q), placed(this.data, k), was, is]);
      }
    }
    return rows;
  }

  /**
   * One map, or what has changed in it.
   * @param {CellCanvas} canvas
   * @param {number} i which of the three
   * @param {number} width
   * @param {Cell} cell that is outlined
   */
  one(canvas, i, width, cell) {
    const { T, causal } = this.data;
    const { layer, head } = this.chosen();
    const grid = (canvas.geometry = { left: 1, top: 1, side: (width - 2) / T, high: (width - 2) / T, R: T, C: T });
    const context = sharp(canvas, width, width);
    context.imageSmoothingEnabled = false;
    const picture = paintCells(this.root, {
      R: T,
      C: T,
      kind: i < 2 ? "share" : "signed",
      value: (q, k) => (i < 2 ? this.sides[i].weight(layer, head, q, k) : this.change(q, k)),
      hidden: (q, k) => (causal && k > q) || (i === 2 && !this.change(q, k)), // what has not changed is the ground
    });
    context.drawImage(picture, 1, 1, width - 2, width - 2);
    context.strokeStyle = css(this.root, "--st-border-color");
    context.strokeRect(0.5, 0.5, width - 1, width - 1);
    outline(this.root, context, grid, { row: cell[0], colour: "--st-blue-color" });
    outline(this.root, context, grid, { row: cell[0], column: cell[1], colour: "--st-orange-color" });
  }
}
