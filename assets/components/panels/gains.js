// What the norms have learned: gains, norms by dimensions, the chosen norm's as bars, and what stands out.

import { cellGaps, paintCells } from "../shared/cells.js";
import { arrow, clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { exact, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} M norms
 * @property {number} C
 * @property {string[]} labels (M,)
 * @property {string[]} words (M,) as Python is told them
 * @property {number} at the norm that is shown
 * @property {number} dimension that is worked out, from 0
 * @property {string} sentence
 * @property {[title: string, dimensions: [number: number, where: string][]][]} found what stands out
 * @property {Float32Array} gain (M, C)
 * @property {Float32Array} bias (M, C), or empty: a model without biases
 */

const ROW = 9;
const LABELS = 44;
const BARS = 46; // of the chosen norm
const HEAD = 14;

/**
 * One number of a norm in words.
 * @param {Payload} payload
 * @param {number} norm
 * @param {number} c
 */
export function tellGain({ C, gain, bias, labels }, norm, c) {
  const shift = bias.length ? `, bias ${exact(bias[norm * C + c])}` : "";
  return `Dimension ${c + 1}, ${labels[norm]}: gain ${exact(gain[norm * C + c])}${shift}.`;
}

/** @extends {Card<Payload>} */
export default class Gains extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Gain by dimension", "run");
    this.canvas = el("canvas", { role: "img", tabindex: 0 });
    this.readout = el("p", { class: "readout" });
    this.list = el("div", { class: "found" });
    this.save = el("button", {
      type: "button",
      class: "soft save",
      text: "PNG",
      "aria-label": "Save the picture as PNG",
    });
    this.save.onclick = () => savePng(root, [this.canvas], ["Gain by dimension"], "gains.png");
    this.body.append(this.canvas, el("div", { class: "row under" }, this.readout, this.save), this.list);
    /** @type {[norm: number, dimension: number] | null} */
    this.pointed = null;
    this.canvas.onpointermove = (event) => this.point(this.cell(event));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onclick = (event) => {
      const found = this.cell(event);
      if (found) this.choose(...found);
    };
    this.canvas.onkeydown = (event) => this.key(event);
  }

  frame() {
    return this.body;
  }

  /**
   * @param {number} norm
   * @param {number} c
   */
  choose(norm, c) {
    Object.assign(this.data, { at: norm, dimension: c });
    this.send("choice", { ln: this.data.words[norm], "ln-sum": `output.${c + 1}` });
    this.drawSoon();
  }

  /** @param {[number, number] | null} found */
  point(found) {
    this.pointed = found;
    this.drawSoon();
  }

  /**
   * @param {MouseEvent} event
   * @returns {[number, number] | null}
   */
  cell(event) {
    const { M, C, at } = this.data;
    const { x, y } = placeOf(event);
    if (!M || x < LABELS) return null;
    const c = clamp(Math.floor(((x - LABELS) / (this.width() - LABELS)) * C), 0, C - 1);
    return [y < M * ROW ? clamp(Math.floor(y / ROW), 0, M - 1) : at, c];
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { M, C, at, dimension } = this.data;
    const way = arrow(event.key);
    if (!way || !M) return;
    event.preventDefault();
    this.choose(clamp(at + way[0], 0, M - 1), clamp(dimension + way[1], 0, C - 1));
  }

  update() {
    const { found, at } = this.data;
    this.list.replaceChildren(
      ...found.map(([title, dimensions]) => {
        const lines = dimensions.map(([c, where]) => {
          const onclick = () => this.choose(at, c);
          const button = el("button", { type: "button", class: "soft", text: String(c + 1), onclick });
          button.setAttribute("aria-label", `Dimension ${c + 1}`);
          return el("li", {}, button, " " + where);
        });
        const none = lines.length ? [] : [el("li", { text: "None." })];
        return el("div", {}, el("h4", { text: title }), el("ul", {}, ...lines, ...none));
      }),
    );
  }

  draw() {
    const { M, at, dimension, sentence } = this.data;
    this.blank(!M);
    this.say(sentence);
    if (!M) return void sharp(this.canvas, this.width(), 190);
    const [norm, c] = this.pointed ?? [at, dimension];
    this.readout.textContent = tellGain(this.data, norm, c);
    this.canvas.setAttribute("aria-label", `Gains of ${M} norms. ${this.readout.textContent}`);
    this.picture();
  }

  picture() {
    const { M, C, gain, bias, labels, at, dimension } = this.data;
    const width = this.width();
    const wide = width - LABELS;
    const strips = bias.length ? [gain, bias] : [gain];
    const context = sharp(this.canvas, width, M * ROW + strips.length * (HEAD + BARS) + 2);
    context.font = `${letters(9)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    let most = 1e-9;
    for (const x of gain) most = Math.max(most, Math.abs(x));
    const value = (/** @type {number} */ m, /** @type {number} */ c) => Math.abs(gain[m * C + c]) / most;
    const picture = paintCells(this.root, { R: M, C, kind: "share", value, hidden: () => false });
    context.imageSmoothingEnabled = wide < C;
    context.drawImage(picture, LABELS, 0, wide, M * ROW);
    cellGaps(this.root, context, { left: LABELS, top: 0, side: wide / C, high: ROW, R: M, C });
    labels.forEach((label, m) => {
      context.fillStyle = css(this.root, m === at ? "--st-primary-color" : "--st-text-color");
      context.fillText(label, 0, (m + 0.5) * ROW);
    });
    context.strokeStyle = css(this.root, "--st-primary-color");
    context.lineWidth = 1.5;
    context.strokeRect(LABELS + 0.5, at * ROW + 0.5, wide - 1, ROW - 1);
    strips.forEach((all, i) => this.bars(context, M * ROW + i * (HEAD + BARS), all, i ? "bias" : "gain"));
    context.strokeRect(LABELS + (dimension * wide) / C, 0, Math.max(wide / C, 2), M * ROW);
  }

  /**
   * The chosen norm's numbers, up or down from zero.
   * @param {CanvasRenderingContext2D} context
   * @param {number} top
   * @param {Float32Array} all (M, C)
   * @param {string} label
   */
  bars(context, top, all, label) {
    const { C, at, dimension, labels } = this.data;
    const wide = this.width() - LABELS;
    const numbers = all.subarray(at * C, (at + 1) * C);
    const low = Math.min(0, ...numbers);
    const high = Math.max(1e-9, ...numbers);
    const y = (/** @type {number} */ x) => top + HEAD + ((high - x) / (high - low)) * BARS;
    numbers.forEach((x, c) => {
      context.fillStyle = css(this.root, c === dimension ? "--st-primary-color" : "--st-gray-color");
      const [upper, lower] = [Math.min(y(x), y(0)), Math.max(y(x), y(0))];
      context.fillRect(LABELS + (c * wide) / C, upper, Math.max(wide / C - 0.4, 0.6), lower - upper);
    });
    context.fillStyle = css(this.root, "--st-text-color");
    context.fillText(
      `${label} of ${labels[at]}: from ${short(Math.min(...numbers), 3)} to ${short(high, 3)}`,
      LABELS,
      top + HEAD / 2,
    );
    context.fillText(short(high, 2), 0, top + HEAD + 4);
    context.fillText(short(low, 2), 0, top + HEAD + BARS - 4);
  }
}
