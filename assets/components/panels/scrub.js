// The training step: a slider over the kept steps that moves the whole page while it is dragged, with the loss curve.

import { css, dot, el, roomIn, sharp } from "../shared/dom.js";
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

const THUMB = 8; // half of the slider's thumb, in pixels: its first stop is so far from the edge

/**
 * Where a step lies among the slider's stops: 2.5 is half-way between the third and the fourth.
 * @param {readonly number[]} steps
 * @param {number} at
 */
export function stopOf(steps, at) {
  const next = steps.findIndex((step) => step >= at);
  if (next <= 0) return next ? steps.length - 1 : 0;
  return next - (steps[next] - at) / (steps[next] - steps[next - 1]);
}

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
    this.track = el("div", { class: "track" }, this.canvas, this.slider.input);
    this.line = el("div", { class: "scrub" }, this.play, this.track, this.label);
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
    const { steps, losses } = this.data;
    const { step, last, input, ticking } = this.slider;
    const known = nearest(losses, step);
    this.play.textContent = ticking ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", ticking ? "Pause" : "Play the training");
    this.play.hidden = input.hidden = last === 0;
    let label = `step ${thousands(step)} of ${thousands(steps[last])}`;
    if (known) label += ` · loss ${known[1].toFixed(2)}`;
    if (known && known[0] !== step) label += ` (at ${thousands(known[0])})`;
    this.label.textContent = label;
    input.setAttribute("aria-valuetext", label);
    this.picture(known);
  }

  /**
   * The loss over the slider, stop by stop: the dot is above the thumb.
   * @param {Payload["losses"][number] | undefined} known
   */
  picture(known) {
    const { steps, losses } = this.data;
    const { step, last } = this.slider;
    const [wide, high] = [roomIn(this.track) || 120, last ? 19 : 29];
    const context = sharp(this.canvas, wide, high);
    if (losses.length < 2 || !known) return;
    const values = losses.map(([, loss]) => loss);
    const low = Math.min(...values);
    const top = Math.max(...values);
    const along = last ? stopOf : (/** @type {number[]} */ _, /** @type {number} */ at) => Math.log1p(at);
    const whole = along(steps, steps[last]);
    const x = (/** @type {number} */ at) => THUMB + (along(steps, at) / whole) * (wide - 2 * THUMB);
    const y = (/** @type {number} */ loss) => 4 + ((top - loss) / (top - low || 1)) * (high - 8);
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
