// What flows, beyond the raw pattern: the same look back of one token by four measures, side by side, and what each
// head of the model adds to the prediction.

import { hover, move, pointedKey } from "../shared/bus.js";
import { ink, paint, signedRamp, weightRamp } from "../shared/colours.js";
import { css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, named, spoken, tenths } from "../shared/text.js";

/** @typedef {import("../shared/colours.js").Colour} Colour */
/** @typedef {[name: string, values: number[], signed: boolean]} Measure values (T,) */
/**
 * @typedef {object} Waiting
 * @property {string[]} tokens
 * @property {[]} rows
 * @property {[]} heads
 * @property {number} H
 * @property {[]} agreement
 * @property {string} sentence
 */
/**
 * @typedef {object} Measured
 * @property {string[]} tokens (T,)
 * @property {Measure[]} rows
 * @property {number[]} heads direct effect of each head (L * H), in nats
 * @property {number} H
 * @property {[pair: string, rank: number][]} agreement rank correlations
 * @property {string} sentence
 * @property {number} query the token whose look back this is
 * @property {boolean} causal
 * @property {string} legend
 */
/** @typedef {Waiting | Measured} Payload */

const HIGH = 20;
const STEP = HIGH + 8;
const EDGE = 118; // room for the names

/**
 * The place of the largest, whatever its sign.
 * @param {number[]} values
 */
export const strongest = (values) => values.reduce((a, x, i) => (Math.abs(x) > Math.abs(values[a]) ? i : a), 0);

/** @extends {Card<Payload>} */
export default class Flow extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What flows");
    this.canvas = el("canvas", { role: "img" });
    this.readout = el("p", { class: "readout" });
    this.ranks = el("ul", { class: "ranks" });
    this.legend = el("p", { class: "heads-note" });
    const label = "Direct effect of each head; choose one";
    this.heads = el("div", { class: "grid", role: "group", "aria-label": label });
    this.body.append(this.canvas, this.readout, this.ranks, this.legend, this.heads);
    this.canvas.onpointermove = (event) => {
      if (!("query" in this.data)) return;
      const k = Math.floor((placeOf(event).x - EDGE) / this.step());
      if (k >= 0 && k < this.data.tokens.length) hover(this.data.query, k);
      else hover(null);
    };
    this.canvas.onpointerleave = () => hover(null);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  /** Pixels from one token to the next. */
  step() {
    return (this.width(320) - EDGE) / this.data.tokens.length;
  }

  update() {
    const d = this.data;
    const none = !("query" in d) || !d.tokens.length || !d.rows.length;
    for (const part of [this.canvas, this.readout, this.ranks]) part.hidden = none;
    this.legend.hidden = this.heads.hidden = none || !d.heads.length;
    this.say(d.sentence);
    if (none) return;
    this.ranks.replaceChildren(...d.agreement.map(([pair, rank]) => el("li", { text: `${pair}: ${rank.toFixed(2)}` })));
    this.legend.textContent = d.legend;
    this.showHeads(d);
  }

  draw() {
    const d = this.data;
    if (!("query" in d) || !d.tokens.length || !d.rows.length) return;
    const T = d.tokens.length;
    const key = pointedKey(T);
    this.picture(d, key);
    const show = (/** @type {Measure} */ [name, values, signed], /** @type {number} */ k) =>
      `${name} ${signed ? values[k].toFixed(3) : tenths(values[k])}`;
    this.readout.textContent =
      key === null
        ? "Point at a token to compare the four."
        : `${named(d.tokens, key)}: ${d.rows.map((row) => show(row, key)).join(", ")}.`;
    const most = d.rows.map(([name, values]) => {
      const best = strongest(values);
      return `${name}: most from token ${best + 1}, ${spoken(d.tokens[best])}`;
    });
    const what = `Four measures of what “${spoken(d.tokens[d.query])}” takes from each token. `;
    this.canvas.setAttribute("aria-label", what + most.join("; "));
  }

  /**
   * @param {Measured} d
   * @param {number | null} key
   */
  picture(d, key) {
    const step = this.step();
    const context = sharp(this.canvas, this.width(320), d.rows.length * STEP + 14);
    const { text } = ink(this.root);
    const signedColour = signedRamp(this.root);
    const weightColour = weightRamp(this.root);
    context.font = `${letters(12)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    d.rows.forEach(([name, values, signed], r) => {
      const most = Math.max(...values.map(Math.abs), 1e-9);
      context.fillStyle = text;
      context.fillText(name, 0, r * STEP + HIGH / 2);
      values.forEach((x, k) => {
        if (k > d.query && d.causal) return;
        context.fillStyle = paint((signed ? signedColour : weightColour)(x / most));
        context.fillRect(EDGE + k * step, r * STEP, Math.max(step - (step > 4 ? 1 : 0), 0.7), HIGH);
      });
    });
    const size = Math.max(letters(7), Math.min(12, step * 1.4));
    context.font = `${size}px ${css(this.root, "--st-code-font") || "monospace"}`;
    context.textAlign = "center";
    context.fillStyle = text;
    const every = Math.ceil(size / step);
    d.tokens.forEach((token, k) => {
      if (k % every) return;
      context.fillText(glyph(token).slice(0, 1), EDGE + (k + 0.5) * step, d.rows.length * STEP + 5);
    });
    if (key === null) return;
    context.strokeStyle = css(this.root, "--st-orange-color");
    context.lineWidth = 2;
    context.strokeRect(EDGE + key * step, 0, Math.max(step, 3), d.rows.length * STEP - 8);
  }

  /** @param {Measured} d */
  showHeads({ heads, H }) {
    const most = Math.max(...heads.map(Math.abs), 1e-9);
    const colourAt = signedRamp(this.root);
    this.heads.style.gridTemplateColumns = `repeat(${H}, minmax(0, 1fr))`;
    this.heads.replaceChildren(
      ...heads.map((x, i) => {
        const [layer, head] = [Math.floor(i / H), i % H];
        const title = `layer ${layer + 1}, head ${head + 1}`;
        const button = el("button", { type: "button", text: x.toFixed(2), title });
        button.setAttribute("aria-label", `${title}: ${x.toFixed(3)}`);
        button.onclick = () => move({ layer, head, mode: "head" });
        const colour = colourAt(x / most);
        button.style.cssText = `background: ${paint(colour)}; color: ${isLight(colour) ? "#111" : "#fff"}`;
        return button;
      }),
    );
  }
}

/**
 * Whether dark letters read better on it.
 * @param {Colour} colour
 */
const isLight = ([red, green, blue]) => red * 0.3 + green * 0.6 + blue * 0.1 > 140;
