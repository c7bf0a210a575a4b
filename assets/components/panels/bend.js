// The activations as curves, and on the model's own the neurons of this token.

import { css, dot, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { exact } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} P points of a curve
 * @property {number} K curves
 * @property {number} N neurons
 * @property {number} own which curve is the model's
 * @property {number} neuron the chosen one
 * @property {string[]} names (K,)
 * @property {string} sentence
 * @property {Float32Array} x (P,)
 * @property {Float32Array} y (K, P)
 * @property {Float32Array} before (N,)
 * @property {Float32Array} after (N,)
 */

const HIGH = 150;
const DASHES = [[], [5, 3], [2, 2], [8, 3, 2, 3]];

/**
 * The picture's bounds: of the neurons, at least from -2 to 2, and of what comes out of these.
 * @param {Payload} payload
 */
export function bounds({ before, after }) {
  const low = before.reduce((so, x) => Math.min(so, x), -2);
  const high = before.reduce((so, x) => Math.max(so, x), 2);
  const bottom = after.reduce((so, y) => Math.min(so, y), -0.25);
  return { low, high, bottom, top: after.reduce((so, y) => Math.max(so, y), Math.max(high, 1)) };
}

/** @extends {Card<Payload>} */
export default class Bend extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The bend", "run");
    this.canvas = el("canvas", { role: "img" });
    this.legend = el("p", { class: "legend" });
    this.body.append(this.canvas, this.legend);
  }

  frame() {
    return this.body;
  }

  draw() {
    const { names, own, sentence, N, neuron, before, after } = this.data;
    this.name(`The bend: ${names[own]}`);
    this.say(sentence);
    this.picture();
    const chosen = N ? ` Neuron ${neuron + 1}: ${exact(before[neuron])} in, ${exact(after[neuron])} out.` : "";
    this.canvas.setAttribute("aria-label", `${this.title.textContent}. ${sentence}${chosen}`);
  }

  picture() {
    const { x, y, P, K, own, before, after, neuron, N, names } = this.data;
    const width = this.width();
    const context = sharp(this.canvas, width, HIGH);
    const colour = (/** @type {string} */ name) => css(this.root, name);
    const teal = colour("--st-chart-categorical-colors").split(",")[4];
    const [text, grey] = [colour("--st-text-color"), colour("--st-gray-color")];
    const { low, high, bottom, top } = bounds(this.data);
    const px = (/** @type {number} */ v) => 8 + ((v - low) / (high - low)) * (width - 16);
    const py = (/** @type {number} */ v) => HIGH - 18 - ((v - bottom) / (top - bottom)) * (HIGH - 26);
    context.font = `${letters(11)}px ${colour("--st-font")}`;
    context.fillStyle = text;
    context.fillRect(8, py(0), width - 16, 0.5);
    context.fillRect(px(0), 6, 0.5, HIGH - 24);
    context.fillText(low.toFixed(1), 8, HIGH - 4);
    context.fillText("goes in", width / 2 - 18, HIGH - 4);
    context.textAlign = "right";
    context.fillText(high.toFixed(1), width - 8, HIGH - 4);
    context.fillText(`${top.toFixed(1)} out`, px(0) - 4, 12);
    context.textAlign = "left";
    context.save();
    context.beginPath();
    context.rect(4, 2, width - 8, HIGH - 18);
    context.clip();
    for (let k = 0; k < K; k++) {
      context.strokeStyle = k === own ? teal : grey;
      context.lineWidth = k === own ? 2 : 1;
      context.setLineDash(k === own ? [] : DASHES[k] || []);
      context.beginPath();
      for (let p = 0; p < P; p++) context.lineTo(px(x[p]), py(y[k * P + p]));
      context.stroke();
    }
    context.restore();
    context.setLineDash([]);
    context.fillStyle = teal;
    context.globalAlpha = 0.45;
    for (let i = 0; i < N; i++) dot(context, px(before[i]), py(after[i]), 2.2);
    context.globalAlpha = 1;
    if (N) {
      context.strokeStyle = text;
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(px(before[neuron]), py(after[neuron]), 5, 0, 7);
      context.stroke();
    }
    const others = names.filter((_, k) => k !== own).join(", ");
    this.legend.textContent = `Strong: ${names[own]}, this model's. Thin and dashed, for comparison: ${others}.`;
  }
}
