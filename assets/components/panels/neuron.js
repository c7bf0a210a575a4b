// Why this pair matches: q and k number by number, and their products, which add up to q · k.

import { bus, looking, pointedKey } from "../shared/bus.js";
import { css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { pairOf } from "../shared/selected.js";
import { named, short } from "../shared/text.js";

/** @typedef {import("./stages.js").Payload} Stages */
/** @typedef {{ tokens: string[] }} Payload */
/**
 * @typedef {object} Products
 * @property {Float32Array} q (D,)
 * @property {Float32Array} k (D,)
 * @property {Float64Array} product (D,)
 * @property {number} sum of the products
 * @property {number} largest the place of the largest product, whatever its sign
 */

const HIGH = 44;
const STEP = HIGH + 10;
const EDGE = 70; // room for the labels

/**
 * The query's and the key's numbers, what each pair of them gives, their sum, and the place of the largest.
 * @param {Stages} stages
 * @param {number} query
 * @param {number} key
 * @returns {Products}
 */
export function products({ q: queries, k: keys, D }, query, key) {
  const q = queries.subarray(query * D, (query + 1) * D);
  const k = keys.subarray(key * D, (key + 1) * D);
  const product = Float64Array.from(q, (x, i) => x * k[i]);
  const sum = product.reduce((total, x) => total + x, 0);
  return { q, k, product, sum, largest: bySize(product)[0] };
}

/**
 * Places, the largest number first, whatever its sign.
 * @param {Float64Array} numbers
 */
export const bySize = (numbers) => [...numbers.keys()].sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a]));

/**
 * The key that a query looks at most.
 * @param {Stages} stages
 * @param {number} query
 */
export function favourite({ pattern, T }, query) {
  const row = pattern.subarray(query * T, (query + 1) * T);
  return row.indexOf(Math.max(...row));
}

/** @extends {Card<Payload>} */
export default class Neuron extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "q × k, number by number");
    this.order = el("button", { type: "button", class: "soft", onclick: () => this.turn() });
    this.canvas = el("canvas", { role: "img" });
    this.readout = el("p", { class: "readout" });
    this.body.append(this.canvas, this.readout, this.order);
    this.sorted = false;
    /** @type {number | null} the column under the pointer */
    this.column = null;
    this.canvas.onpointermove = (event) => {
      const D = bus.stages?.D ?? 1;
      const column = Math.floor((placeOf(event).x - EDGE) / ((this.width() - EDGE) / D));
      this.point(column >= 0 && column < D ? column : null);
    };
    this.canvas.onpointerleave = () => this.point(null);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw(), stages: () => this.drawSoon() };
  }

  turn() {
    this.sorted = !this.sorted;
    this.draw();
  }

  /** @param {number | null} column */
  point(column) {
    this.column = column;
    this.draw();
  }

  draw() {
    const { tokens } = this.data;
    const T = tokens.length;
    const stages = bus.stages;
    const none = !T || !stages || stages.T !== T || !stages.L;
    this.canvas.hidden = this.readout.hidden = this.order.hidden = none;
    if (none) return this.say("For a pair of tokens: which numbers of q and k make the match.");
    // The pair under the pointer, else the selected one, else the token that one looks from and its favourite.
    const pair = pointedKey(T) === null && bus.view.hover === null ? pairOf(bus.view.cell, T) : null;
    const [query, key] = pair ?? [looking(T), pointedKey(T) ?? favourite(stages, looking(T))];
    const found = products(stages, query, key);
    const { q, k, product, sum, largest } = found;
    const who = `${named(tokens, query)} asks, ${named(tokens, key)} offers`;
    const most = `the largest, ${product[largest].toFixed(3)}, comes from number ${largest + 1}`;
    this.say(`${who}: their ${stages.D} products add up to ${sum.toFixed(3)}; ${most}.`);
    this.order.textContent = this.sorted ? "In their own order" : "Largest product first";
    this.order.setAttribute("aria-pressed", String(this.sorted));
    const order = this.sorted ? bySize(product) : [...product.keys()];
    this.picture(found, order);
    const at = order[this.column ?? -1];
    this.readout.textContent =
      at === undefined
        ? "Point at a column to read it."
        : `Number ${at + 1}: ${q[at].toFixed(4)} × ${k[at].toFixed(4)} = ${product[at].toFixed(4)}.`;
    const first = [...q].slice(0, 3).map((x) => x.toFixed(2));
    this.canvas.setAttribute("aria-label", `${this.note.textContent} Of q: ${first.join(", ")} and so on.`);
  }

  /**
   * @param {Products} found
   * @param {number[]} order of the columns
   */
  picture({ q, k, product }, order) {
    const width = this.width();
    const step = (width - EDGE) / order.length;
    const context = sharp(this.canvas, width, 3 * STEP);
    const text = css(this.root, "--st-text-color");
    context.font = `${letters(12)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    /** @type {[string, Float32Array | Float64Array, string][]} */
    const rows = [
      ["q", q, css(this.root, "--st-blue-color")],
      ["k", k, css(this.root, "--st-orange-color")],
      ["q × k", product, text],
    ];
    rows.forEach(([label, values, colour], r) => {
      const middle = r * STEP + HIGH / 2 + 4;
      const most = Math.max(...values.map(Math.abs), 1e-9);
      context.fillStyle = text;
      context.fillText(label, 0, middle - 7);
      context.fillText(`±${short(most)}`, 0, middle + 8);
      context.fillRect(EDGE, middle, width - EDGE, 0.5);
      context.fillStyle = colour;
      order.forEach((i, place) => {
        context.globalAlpha = this.column === null || this.column === place ? 1 : 0.45;
        const long = (values[i] / most) * (HIGH / 2);
        const top = long > 0 ? middle - long : middle;
        context.fillRect(EDGE + place * step, top, Math.max(step - 1, 0.7), Math.abs(long));
      });
      context.globalAlpha = 1;
    });
  }
}
