// Layer norms of the chosen block: for each token its mean and spread before and after, and the gain it is given.

import { bus, hover, looking, move } from "../shared/bus.js";
import { clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { hundredths, named, short } from "../shared/text.js";

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
 * @property {Float32Array} shift (L, N, C), or empty: a model without biases
 */

const HIGH = 58; // of one picture
const STRIP = 26; // of the gains, and of the shifts
const TITLE = 14; // over a strip
const BOTH = 2 * HIGH + 14; // pictures, over the strips
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

/**
 * Where numbers stand in a strip, whose lower edge is zero unless some are negative.
 * @param {ArrayLike<number>} numbers
 * @param {number} top
 * @param {number} room
 */
export function scale(numbers, top, room) {
  const low = Math.min(0, ...Array.from(numbers));
  const high = Math.max(1e-9, ...Array.from(numbers));
  const y = (/** @type {number} */ value) => top + ((high - value) / (high - low)) * room;
  return { low, high, y };
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
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.canvas.onpointermove = (event) => {
      const { T } = this.data;
      hover(clamp(Math.floor(placeOf(event).x / (this.width() / T)), 0, T - 1));
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
    this.buttons = names.map((name, i) =>
      el("button", { type: "button", class: "soft", text: name, "data-i": i, onclick: () => this.choose(i) }),
    );
    this.which.replaceChildren(...this.buttons);
  }

  /** Which of the block's norms is shown. */
  get norm() {
    return Math.min(bus.view.norm, Math.max(0, this.data.names.length - 1));
  }

  /** @param {number} norm */
  choose(norm) {
    move({ norm });
  }

  draw() {
    const { T, L, names } = this.data;
    const layer = Math.min(bus.view.layer, L - 1);
    this.title.textContent = L ? `Layer norm, block ${layer + 1}` : "Layer norm";
    this.blank(!T || !names.length || !L);
    if (!names.length || !L) return this.say("This model has no layer norms.");
    if (!T) sharp(this.canvas, this.width(), this.tall());
    if (!T) return this.say("For every token: mean and spread before and after each norm of the block.");
    this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === this.norm)));
    this.picture(layer);
    const shifted = this.data.shift.length ? ", and its learned shift is added" : "";
    const how = "brought to mean 0 and spread 1, then each is multiplied by its learned gain";
    this.say(`Each token's numbers are ${how}${shifted}. Bars: spread; lines: mean.`);
    const said = tellNorm(this.data, layer, this.norm, looking(T));
    this.readout.textContent = said;
    this.canvas.setAttribute("aria-label", `${this.title.textContent}, ${names[this.norm]}. ${said}`);
  }

  /** How high the picture is: with a strip for the gains, and one for the shifts of a model that has them. */
  tall() {
    return BOTH + (this.data.shift.length ? 2 : 1) * (STRIP + TITLE + 4);
  }

  /** @param {number} layer */
  picture(layer) {
    const width = this.width();
    const { shift, gain } = this.data;
    const context = sharp(this.canvas, width, this.tall());
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    const grey = css(this.root, "--st-gray-color");
    const after = `after, gain${shift.length ? " and shift" : ""} included`;
    this.bars(context, 0, layer, BEFORE, grey, "before");
    this.bars(context, HIGH + 6, layer, AFTER, css(this.root, "--st-primary-color"), after);
    this.strip(context, BOTH, layer, gain, "gain");
    if (shift.length) this.strip(context, BOTH + 4 + STRIP + TITLE, layer, shift, "shift");
  }

  /**
   * What a norm has learned, a bar a number: up from the foot, or from zero where some are negative.
   * @param {CanvasRenderingContext2D} context
   * @param {number} top
   * @param {number} layer
   * @param {Float32Array} all (L, N, C)
   * @param {string} label
   */
  strip(context, top, layer, all, label) {
    const { C, N } = this.data;
    const width = this.width();
    const from = (layer * N + this.norm) * C;
    const numbers = all.subarray(from, from + C);
    const { y } = scale(numbers, top + TITLE, STRIP);
    context.fillStyle = css(this.root, "--st-gray-color");
    numbers.forEach((x, c) => {
      const [upper, lower] = [Math.min(y(x), y(0)), Math.max(y(x), y(0))];
      context.fillRect((c * width) / C, upper, Math.max(width / C - 0.4, 0.6), lower - upper);
    });
    context.fillStyle = css(this.root, "--st-text-color");
    const range = `from ${hundredths(Math.min(...numbers))} to ${hundredths(Math.max(...numbers))}`;
    context.fillText(`${label}: ${C} numbers ${range}`, 0, top + 8);
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
    const { y, low, high } = scale([...spread, ...mean], top + 12, HIGH - 16);
    for (let t = 0; t < T; t++) {
      context.fillStyle = colour;
      context.globalAlpha = t === at ? 1 : 0.5;
      context.fillRect(t * step, y(spread[t]), Math.max(step - 1, 1), y(0) - y(spread[t]));
      context.globalAlpha = 1;
      context.fillStyle = text;
      context.fillRect(t * step, y(mean[t]) - 1, Math.max(step - 1, 1), 2);
    }
    context.fillStyle = text;
    if (low < 0) context.fillRect(0, y(0), this.width(), 0.5);
    const least = low < 0 ? `, mean down to ${short(low, 3)}` : "";
    context.fillText(`${label}: up to ${short(high, 3)}${least}`, 0, top + 9);
  }
}
