// How all numbers of the prompt lie on their way through one norm: before, levelled, behind gain and bias.

import { css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { hundredths, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} N histograms
 * @property {number} bins of each, from -most to most
 * @property {string} sentence
 * @property {string[]} stages (N,), or none
 * @property {number[]} most (N,)
 * @property {number[]} mean (N,)
 * @property {number[]} spread (N,)
 * @property {Float32Array} counts (N, bins)
 */

const HIGH = 84;
const HEAD = 16;
const FOOT = 14;
const GAP = 14;

/** @extends {Card<Payload>} */
export default class NormHist extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "From before to behind", "run");
    this.canvas = el("canvas", { role: "img" });
    this.body.append(this.canvas);
  }

  frame() {
    return this.body;
  }

  draw() {
    const { stages, mean, spread, sentence } = this.data;
    this.blank(!stages.length);
    this.say(sentence);
    const width = this.width();
    const context = sharp(this.canvas, width, HEAD + HIGH + FOOT);
    if (!stages.length) return;
    const told = stages.map((stage, i) => `${stage}: mean ${hundredths(mean[i])}, spread ${hundredths(spread[i])}`);
    this.canvas.setAttribute("aria-label", `Three histograms. ${told.join("; ")}.`);
    context.font = `${letters(10)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    const wide = (width - (stages.length - 1) * GAP) / stages.length;
    stages.forEach((_, i) => this.histogram(context, i, i * (wide + GAP), wide));
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} i which of them
   * @param {number} left
   * @param {number} wide
   */
  histogram(context, i, left, wide) {
    const { bins, counts, most, mean, spread, stages } = this.data;
    const own = counts.subarray(i * bins, (i + 1) * bins);
    const top = Math.max(...own, 1);
    const x = (/** @type {number} */ value) => left + ((value / most[i] + 1) / 2) * wide;
    context.fillStyle = css(this.root, "--st-primary-color");
    own.forEach((count, bin) => {
      const high = (count / top) * HIGH;
      context.fillRect(left + (bin * wide) / bins, HEAD + HIGH - high, Math.max(wide / bins - 1, 0.6), high);
    });
    const text = css(this.root, "--st-text-color");
    context.fillStyle = text;
    context.fillRect(left, HEAD + HIGH, wide, 0.5);
    // One spread to either side of the mean.
    context.fillRect(x(mean[i] - spread[i]), HEAD + HIGH + 2, x(mean[i] + spread[i]) - x(mean[i] - spread[i]), 2);
    context.fillText(`${stages[i]}: ${hundredths(spread[i])}`, left, HEAD / 2);
    context.fillText(short(-most[i], 2), left, HEAD + HIGH + FOOT / 2 + 2);
    const end = short(most[i], 2);
    context.fillText(end, left + wide - context.measureText(end).width, HEAD + HIGH + FOOT / 2 + 2);
  }
}
