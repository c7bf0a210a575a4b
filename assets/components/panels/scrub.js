// The training step: a slider over the kept steps that moves the whole page while it is dragged, with the loss curve.

import { css, dot, el, sharp } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";
import { StepSlider, nearest } from "../shared/steps.js";
import { thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number[]} steps that were kept
 * @property {[step: number, val: number, train: number][]} losses
 * @property {number} step that is shown
 * @property {string} rev another one: Python chose the step
 */

const WIDE = 120;
const HIGH = 30;

/** @extends {Panel<Payload>} */
export default class Scrub extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.play = el("button", { type: "button", class: "play", "aria-label": "Play the training" });
    this.slider = new StepSlider(this.play, {
      every: 450,
      draw: () => this.draw(),
      tell: (step) => this.send("step", step),
    });
    this.canvas = el("canvas", { role: "img" });
    this.label = el("span", { class: "label" });
    this.line = el("div", { class: "scrub" }, this.play, this.slider.input, this.canvas, this.label);
    root.append(this.line);
  }

  update() {
    this.line.dataset.step = String(this.data.step);
    this.slider.take(this.data);
  }

  draw() {
    const { steps, losses } = this.data;
    const { step, last, input, ticking } = this.slider;
    const known = nearest(losses, step);
    this.play.textContent = ticking ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", ticking ? "Pause" : "Play the training");
    this.play.hidden = input.hidden = last === 0;
    let label = `step ${thousands(step)} of ${thousands(steps[last])}`;
    if (known) label += ` · validation loss ${known[1].toFixed(2)}`;
    if (known && known[0] !== step) label += ` (at ${thousands(known[0])})`;
    this.label.textContent = label;
    input.setAttribute("aria-valuetext", label);
    const context = sharp(this.canvas, WIDE, HIGH);
    if (losses.length < 2 || !known) return;
    const values = losses.map(([, loss]) => loss);
    const low = Math.min(...values);
    const top = Math.max(...values);
    const x = (/** @type {number} */ at) => 3 + (Math.log1p(at) / Math.log1p(steps[last])) * (WIDE - 6);
    const y = (/** @type {number} */ loss) => 4 + ((top - loss) / (top - low || 1)) * (HIGH - 8);
    context.strokeStyle = css(this.root, "--st-gray-color");
    context.lineWidth = 1.5;
    context.beginPath();
    for (const [at, loss] of losses) context.lineTo(x(at), y(loss));
    context.stroke();
    context.fillStyle = css(this.root, "--st-primary-color");
    dot(context, x(step), y(known[1]), 3.5);
    const ends = `from ${values[0].toFixed(2)} to ${values[values.length - 1].toFixed(2)}`;
    this.canvas.setAttribute("aria-label", `Validation loss falls ${ends}`);
  }
}
