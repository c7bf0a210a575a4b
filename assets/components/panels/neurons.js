// All neurons of one layer at one token, as bars: the sum before the activation, what comes out, what that does.

import { move } from "../shared/bus.js";
import { choose } from "../shared/choosing.js";
import { arrow, clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { exact, glyph, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} L layers; 0: there is nothing to show
 * @property {number} N neurons of a layer
 * @property {number} layer
 * @property {number} neuron the chosen one
 * @property {string} where the token that one looks from, in a sentence
 * @property {string} token whose logit is pushed
 * @property {string} sentence
 * @property {Float32Array} before (N,)
 * @property {Float32Array} after (N,)
 * @property {Float32Array} effect (N,)
 */
/** @typedef {"own" | "after" | "effect"} Order */

const HIGH = 46;
const STEP = HIGH + 8;
const EDGE = 74; // room for the labels
/** @type {[Order, string][]} */
const ORDERS = [
  ["own", "Own order"],
  ["after", "Most active"],
  ["effect", "Most effect"],
];

/**
 * The neurons in an order; what is equal stays as it was.
 * @param {Payload} payload
 * @param {Order} by
 * @returns {number[]}
 */
export function ordered({ N, after, effect }, by) {
  const all = Array.from({ length: N }, (_, i) => i);
  if (by === "after") all.sort((a, b) => after[b] - after[a]);
  if (by === "effect") all.sort((a, b) => Math.abs(effect[b]) - Math.abs(effect[a]));
  return all;
}

/**
 * One neuron in words.
 * @param {Payload} payload
 * @param {number} i
 */
export const tellOne = ({ before, after, effect, token }, i) =>
  `Neuron ${i + 1}: ${exact(before[i])} goes in, ${exact(after[i])} comes out, and “${glyph(token)}” gets ` +
  `${effect[i] < 0 ? "" : "+"}${exact(effect[i])} of it.`;

/** @extends {Card<Payload>} */
export default class Neurons extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Neurons", "run");
    this.layers = el("div", { class: "row", role: "group", "aria-label": "Layer" });
    this.orders = el("div", { class: "row", role: "group", "aria-label": "Order" });
    this.buttons = ORDERS.map(([order, text]) =>
      el("button", { type: "button", class: "soft", text, "data-order": order, onclick: () => this.sort(order) }),
    );
    this.orders.append(...this.buttons);
    this.canvas = el("canvas", { role: "img", tabindex: 0 });
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    const save = () => savePng(this.root, [this.canvas], [this.title.textContent ?? ""], "neurons.png");
    const label = "Save this picture as a PNG";
    this.orders.append(
      el("button", { type: "button", class: "soft", text: "PNG", "aria-label": label, onclick: save }),
    );
    const tools = el("div", { class: "tools" }, this.layers, this.orders);
    this.body.append(tools, this.canvas, this.readout);
    /** @type {Order} */
    this.by = "own";
    /** @type {number[]} */
    this.order = [];
    /** @type {number | null} the column under the pointer, or that the keys have reached */
    this.column = null;
    this.canvas.onpointermove = (event) => this.point(this.columnAt(event));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onclick = (event) => this.choose(this.columnAt(event));
    this.canvas.onkeydown = (event) => this.key(event);
  }

  frame() {
    return this.body;
  }

  update() {
    const { L, layer } = this.data;
    this.order = ordered(this.data, this.by);
    this.card.dataset.neuron = String(this.data.neuron);
    this.layers.replaceChildren(
      ...Array.from({ length: L }, (_, i) =>
        el("button", {
          type: "button",
          class: "soft",
          text: `Layer ${i + 1}`,
          "aria-pressed": String(i === layer),
          onclick: () => move({ layer: i }),
        }),
      ),
    );
  }

  /** @param {Order} order */
  sort(order) {
    this.by = order;
    this.order = ordered(this.data, order);
    this.draw();
  }

  /** @param {MouseEvent} event */
  columnAt(event) {
    const { N } = this.data;
    const column = Math.floor(((placeOf(event).x - EDGE) / (this.width() - EDGE)) * N);
    return column >= 0 && column < N ? column : null;
  }

  /** @param {number | null} column */
  point(column) {
    this.column = column;
    this.draw();
  }

  /** @param {number | null} column */
  choose(column) {
    if (column !== null) choose(this, { neuron: String(this.order[column] + 1) });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = arrow(event.key)?.[1];
    if (event.key === "Enter") this.choose(this.column);
    if (!by) return;
    event.preventDefault();
    const at = this.column ?? this.order.indexOf(this.data.neuron) - by;
    this.point(clamp(at + by, 0, this.data.N - 1));
  }

  draw() {
    const { L, N, layer, neuron, sentence } = this.data;
    this.name(L ? `Neurons of layer ${layer + 1}` : "Neurons");
    this.say(sentence);
    this.blank(!L);
    if (!L || !N) return void sharp(this.canvas, this.width(), 3 * STEP);
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(ORDERS[i][0] === this.by)));
    this.picture();
    const at = this.order[this.column ?? -1] ?? neuron;
    this.readout.textContent = tellOne(this.data, at) + (at === neuron ? " Chosen." : " Click to choose it.");
    this.canvas.setAttribute("aria-label", `${sentence} ${this.readout.textContent} Arrow keys move, Enter chooses.`);
  }

  picture() {
    const { before, after, effect, neuron, token } = this.data;
    const width = this.width();
    const step = (width - EDGE) / this.order.length;
    const context = sharp(this.canvas, width, 3 * STEP);
    const colour = (/** @type {string} */ name) => css(this.root, name);
    const teal = colour("--st-chart-categorical-colors").split(",")[4];
    const [text, red, blue] = [colour("--st-text-color"), colour("--st-red-color"), colour("--st-blue-color")];
    context.font = `${letters(12)}px ${colour("--st-font")}`;
    context.textBaseline = "middle";
    /** @type {[string, Float32Array, string, string][]} name, numbers, colours above and below zero */
    const rows = [
      ["before", before, colour("--st-gray-color"), colour("--st-gray-color")],
      ["after", after, teal, teal],
      [`on “${glyph(token)}”`, effect, red, blue],
    ];
    rows.forEach(([label, numbers, above, below], r) => {
      const most = numbers.reduce((so, x) => Math.max(so, Math.abs(x)), 1e-9);
      const low = numbers.reduce((so, x) => Math.min(so, x), 0);
      const zero = r * STEP + 4 + HIGH * (most / (most - low)); // what is never negative has all the height
      const unit = HIGH / (most - low);
      context.fillStyle = text;
      context.fillText(label, 0, r * STEP + HIGH / 2 - 4);
      context.fillText(`±${short(most)}`, 0, r * STEP + HIGH / 2 + 11);
      context.fillRect(EDGE, zero, width - EDGE, 0.5);
      this.order.forEach((i, place) => {
        const long = numbers[i] * unit;
        context.fillStyle = long > 0 ? above : below;
        context.fillRect(EDGE + place * step, long > 0 ? zero - long : zero, Math.max(step - 0.3, 0.8), Math.abs(long));
      });
    });
    const mark = (/** @type {number} */ place, /** @type {number} */ alpha) => {
      context.globalAlpha = alpha;
      context.strokeStyle = text;
      context.strokeRect(EDGE + place * step - 1.5, 1, step + 3, 3 * STEP - 2);
      context.globalAlpha = 1;
    };
    mark(this.order.indexOf(neuron), 0.9);
    if (this.column !== null) mark(this.column, 0.45);
  }
}
