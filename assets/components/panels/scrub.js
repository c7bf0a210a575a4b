// The training step: a slider over the kept steps that moves the whole page while it is dragged, with the loss curve.

import { css, dot, el, roomIn, sharp } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";
import { StepSlider } from "../shared/steps.js";
import { THUMB, along, curve, heights, nearest, onAxis, tellStep } from "../shared/training.js";
import { thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number[]} steps that were kept
 * @property {import("../shared/training.js").Losses[]} losses
 * @property {number} step that is shown
 * @property {string} rev another one: Python chose the step
 */

/** @extends {Panel<Payload>} */
export default class Scrub extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.slider = new StepSlider({
      every: 450,
      draw: () => this.draw(),
      tell: (step) => this.send("step", step),
    });
    const { input, play, label } = this.slider;
    this.canvas = el("canvas", { role: "img" });
    this.track = el("div", { class: "track" }, this.canvas, input);
    this.line = el("div", { class: "scrub" }, play, this.track, label);
    root.append(this.line);
  }

  frame() {
    return this.track;
  }

  update() {
    this.line.dataset.step = String(this.data.step);
    this.slider.take(this.data);
  }

  draw() {
    this.slider.show((step) => tellStep(this.data, step, ([, val]) => ` · loss ${val.toFixed(2)}`));
    this.picture();
  }

  /** The loss over the slider, stop by stop: the dot is above the thumb. */
  picture() {
    const { steps } = this.data;
    const { step, last } = this.slider;
    const losses = onAxis(steps, this.data.losses);
    const [wide, high] = [roomIn(this.track) || 120, last ? 19 : 29];
    const context = sharp(this.canvas, wide, high);
    const known = nearest(losses, step);
    const [first, end] = [losses[0], losses[losses.length - 1]];
    const said = (/** @type {number[]} */ [at, val]) => `${val.toFixed(2)} at step ${thousands(at)}`;
    this.canvas.setAttribute("aria-label", known ? `Validation loss: ${said(first)}, ${said(end)}` : "No losses");
    if (losses.length < 2 || !known) return;
    const x = (/** @type {number} */ at) => THUMB + along(steps, at) * (wide - 2 * THUMB);
    const values = losses.map(([, loss]) => loss);
    const { y } = heights(values, 4, high - 4);
    curve(context, { x, y }, losses, 1, { colour: css(this.root, "--st-gray-color"), width: 1.5 });
    context.fillStyle = css(this.root, "--st-primary-color");
    dot(context, x(step), y(known[1]), 3.5);
  }
}
