// Layer norms of the chosen block: for each token its mean and spread before and after, and the gain it is given.

import { bus, hover, looking } from "../shared/bus.js";
import { clamp, css, el, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { hundredths, named } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} L
 * @property {number} C
 * @property {string[]} tokens
 * @property {number} N norms of a block
 * @property {number} kinds of statistics: 4
 * @property {string[]} names (N,)
 * @property {Float32Array} stats (L, N, kinds, T): mean and spread before, mean and spread after
 * @property {Float32Array} gain (L, N, C)
 */

const HIGH = 58; // of one picture
const STRIP = 26; // of the gains
/** Places in the statistics. */
const BEFORE = { mean: 0, spread: 1 };
const AFTER = { mean: 2, spread: 3 };

/**
 * One statistic of every token (T,).
 * @param {Payload} payload
 * @param {number} layer
 * @param {number} norm
 * @param {number} which of the four
 */
export function statistic({ T, N, kinds, stats }, layer, norm, which) {
  const from = ((layer * N + norm) * kinds + which) * T;
  return stats.subarray(from, from + T);
}

/**
 * A token's four numbers in words.
 * @param {Payload} payload
 * @param {number} layer
 * @param {number} norm
 * @param {number} token
 */
export function tellNorm(payload, layer, norm, token) {
  const number = (/** @type {number} */ which) => hundredths(statistic(payload, layer, norm, which)[token]);
  const before = `mean ${number(BEFORE.mean)}, spread ${number(BEFORE.spread)} before`;
  const after = `mean ${number(AFTER.mean)}, spread ${number(AFTER.spread)} after`;
  return `${named(payload.tokens, token)}: ${before}; ${after}.`;
}

/** @extends {Card<Payload>} */
export default class Norms extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Layer norm");
    this.which = el("div", { class: "row", role: "group", "aria-label": "Which of the block's norms" });
    this.canvas = el("canvas", { role: "img" });
    this.readout = el("p", { class: "readout" });
    this.body.append(this.which, this.canvas, this.readout);
    this.norm = 0;
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.canvas.onpointermove = (event) => {
      const { T } = this.data;
      hover(clamp(Math.floor(event.offsetX / (this.width() / T)), 0, T - 1));
    };
    this.canvas.onpointerleave = () => hover(null);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    const { names } = this.data;
    this.norm = Math.min(this.norm, Math.max(0, names.length - 1));
    this.buttons = names.map((name, i) =>
      el("button", { type: "button", class: "soft", text: name, "data-i": i, onclick: () => this.choose(i) }),
    );
    this.which.replaceChildren(...this.buttons);
  }

  /** @param {number} norm */
  choose(norm) {
    this.norm = norm;
    this.draw();
  }

  draw() {
    const { T, L, names } = this.data;
    const layer = Math.min(bus.view.layer, L - 1);
    this.title.textContent = L ? `Layer norm, block ${layer + 1}` : "Layer norm";
    this.canvas.hidden = this.readout.hidden = this.which.hidden = !T || !names.length || !L;
    if (!names.length || !L) return this.say("This model has no layer norms.");
    if (!T) return this.say("For every token: mean and spread before and after each norm of the block.");
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === this.norm)));
    this.picture(layer);
    this.say("Each token's numbers are brought to mean 0 and spread 1, then each is multiplied by its learned gain.");
    const said = tellNorm(this.data, layer, this.norm, looking(T));
    this.readout.textContent = said;
    this.canvas.setAttribute("aria-label", `${this.title.textContent}, ${names[this.norm]}. ${said}`);
  }

  /** @param {number} layer */
  picture(layer) {
    const width = this.width();
    const context = sharp(this.canvas, width, 2 * HIGH + STRIP + 30);
    context.font = `11px ${css(this.root, "--st-font")}`;
    const grey = css(this.root, "--st-gray-color");
    this.bars(context, 0, layer, BEFORE, grey, "before");
    this.bars(context, HIGH + 6, layer, AFTER, css(this.root, "--st-primary-color"), "after, gain included");
    const { C, N, gain: all } = this.data;
    const from = (layer * N + this.norm) * C;
    const gain = all.subarray(from, from + C);
    const top = 2 * HIGH + 14;
    const most = Math.max(...gain.map(Math.abs));
    context.fillStyle = grey;
    gain.forEach((g, c) => {
      const long = (Math.abs(g) / most) * STRIP;
      context.fillRect((c * width) / C, top + 14 + STRIP - long, Math.max(width / C - 0.4, 0.6), long);
    });
    context.fillStyle = css(this.root, "--st-text-color");
    const range = `from ${Math.min(...gain).toFixed(2)} to ${Math.max(...gain).toFixed(2)}`;
    context.fillText(`gain: ${C} numbers ${range}`, 0, top + 8);
  }

  /**
   * Every token's spread as a bar and its mean as a line on one scale.
   * @param {CanvasRenderingContext2D} context
   * @param {number} top
   * @param {number} layer
   * @param {{ mean: number, spread: number }} which
   * @param {string} colour
   * @param {string} label
   */
  bars(context, top, layer, which, colour, label) {
    const { T } = this.data;
    const at = looking(T);
    const step = this.width() / T;
    const text = css(this.root, "--st-text-color");
    const mean = statistic(this.data, layer, this.norm, which.mean);
    const spread = statistic(this.data, layer, this.norm, which.spread);
    const most = Math.max(1e-9, ...spread, ...mean.map(Math.abs));
    const foot = top + HIGH - 4;
    const y = (/** @type {number} */ value) => foot - (Math.max(value, 0) / most) * (HIGH - 16);
    for (let t = 0; t < T; t++) {
      context.fillStyle = colour;
      context.globalAlpha = t === at ? 1 : 0.5;
      context.fillRect(t * step, y(spread[t]), Math.max(step - 1, 1), foot - y(spread[t]));
      context.globalAlpha = 1;
      context.fillStyle = text;
      context.fillRect(t * step, y(mean[t]) - 1, Math.max(step - 1, 1), 2);
    }
    context.fillStyle = text;
    context.fillText(`${label}: spread up to ${most.toPrecision(3)}`, 0, top + 9);
  }
}
