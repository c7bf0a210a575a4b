// The cache, seen: of every step which rows of keys and values, and which scores, are computed, and which are kept.

import { css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { short, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} prompt tokens
 * @property {number} written tokens after it
 * @property {number} block the context
 * @property {boolean} causal
 * @property {boolean} edited whether there are edits, which whole passes are taken for
 * @property {number} L
 * @property {number} H
 * @property {number} token multiply-adds for each computed token
 * @property {number} pair and for each pair of a computed token and one that it looks at
 * @property {string} why why nothing is kept as long as the text fits; empty if something is
 * @property {string} slides why nothing is kept once the window slides
 * @property {string} key of the text
 * @property {number} timed how often it was timed
 * @property {{ tokens: number, kept: number, anew: number } | null} timing milliseconds
 */

const COLUMNS = [6, 50]; // where keys and values stand
const SCORES = 96; // and the square of scores
const CELL = 3; // pixels of a cell that is drawn apart from the others

/**
 * The pass after so many written tokens: how many tokens it computes, and how many it finds kept.
 * @param {Pick<Payload, "prompt" | "block" | "causal"> & { edited?: boolean }} sizes
 * @param {number} step
 */
export function passOf({ prompt, block, causal, edited }, step) {
  const length = prompt + step;
  const kept = step === 0 || length > block || !causal || edited ? 0 : length - 1;
  return { made: Math.min(length, block) - kept, kept };
}

/**
 * Multiply-adds of a pass.
 * @param {Pick<Payload, "token" | "pair">} cost
 * @param {{ made: number, kept: number }} pass
 */
export const products = ({ token, pair }, { made, kept }) => made * token + made * (made + kept) * pair;

/**
 * Multiply-adds of all passes up to a step, with the cache and without.
 * @param {Payload} data
 * @param {number} step
 */
export function allProducts(data, step) {
  const sum = { kept: 0, anew: 0 };
  for (let s = 0; s <= step; s += 1) {
    const pass = passOf(data, s);
    sum.kept += products(data, pass);
    sum.anew += products(data, { made: pass.made + pass.kept, kept: 0 });
  }
  return sum;
}

/** @extends {Card<Payload>} */
export default class CacheMap extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The cache, seen", "run");
    this.slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "Step of the writing" });
    this.slider.oninput = () => this.go(+this.slider.value);
    this.told = el("span", { class: "told" });
    this.canvas = el("canvas", { role: "img" });
    const time = () => this.send("choice", { timed: `${this.data.timed + 1}.${this.data.key}` });
    this.time = el("button", { type: "button", class: "soft", onclick: time });
    this.timing = el("p", { class: "timing", role: "status" });
    const line = el("div", { class: "row" }, this.slider, this.told);
    this.body.append(line, this.canvas, el("div", { class: "row" }, this.time), this.timing);
    /** @type {number | null} */
    this.step = null; // null: the newest
  }

  frame() {
    return this.body;
  }

  /** @param {number} step */
  go(step) {
    this.step = step >= this.data.written ? null : step;
    this.draw();
  }

  draw() {
    const { prompt, written, block, L, H, why, slides, timing, timed } = this.data;
    this.blank(!prompt);
    if (!prompt) return this.say("Type something: the first pass reads it, each later one a token more.");
    const step = Math.min(this.step ?? written, written);
    const pass = passOf(this.data, step);
    const whole = { made: pass.made + pass.kept, kept: 0 };
    const [spent, anew] = [products(this.data, pass), products(this.data, whole)];
    this.slider.max = String(written);
    this.slider.value = String(step);
    this.slider.disabled = !written;
    this.told.textContent = `step ${step} of ${written}`;
    const what = step ? `token ${step} is read` : "the prompt is read";
    const saved = pass.kept ? `, ${short(anew / spent, 3)} times as many without the cache` : "";
    const reason = pass.kept ? "" : why || (prompt + step > block ? slides : "Nothing was read before it.");
    const counts = `${thousands(spent)} multiply-adds${saved}`;
    const all = allProducts(this.data, step);
    const most = `All steps so far: ${thousands(all.kept)}; without it ${thousands(all.anew)}.`;
    const sum = step && all.kept < all.anew ? most : "";
    this.say(`When ${what}, ${pass.made} of ${whole.made} tokens are computed: ${counts}. ${reason} ${sum}`);
    this.picture(pass, L, H);
    this.time.textContent = timed ? "Time it again" : "Time it on this machine";
    this.timing.textContent = timing
      ? this.timed(timing)
      : "The counts are exact; how long it takes, a clock can tell.";
    this.card.dataset.made = String(pass.made);
    this.card.dataset.kept = String(pass.kept);
    this.card.dataset.timed = String(timed);
  }

  /** @param {{ tokens: number, kept: number, anew: number }} timing */
  timed({ tokens, kept, anew }) {
    const [a, b] = [short(kept, 3), short(anew, 3)];
    const times = kept < anew ? `${short(anew / kept, 2)} times as long` : "no longer";
    const when = "Measured on the machine that runs this page, just now, with whatever else it does (medians of 9)";
    return `${when}: to read the last of ${tokens} tokens takes ${a} ms with the cache, ${b} ms anew: ${times}.`;
  }

  /**
   * Keys and values as two columns, scores as a square of the tokens that look by those that are looked at.
   * @param {{ made: number, kept: number }} pass
   * @param {number} L
   * @param {number} H
   */
  picture({ made, kept }, L, H) {
    const size = letters(11);
    const room = Math.min(this.width(), 420);
    const side = Math.min(room - SCORES - 10, 230);
    const context = sharp(this.canvas, room, side + 3.4 * size);
    const [T, top] = [made + kept, 1.6 * size];
    const one = side / T;
    const ink = (/** @type {string} */ name) => css(this.root, `--st-${name}-color`);
    const [fresh, old, text] = [ink("orange"), ink("blue"), ink("text")];
    for (let row = 0; row < T; row += 1) {
      const y = top + row * one;
      const high = Math.max(one, row < kept ? 0 : 1.5); // what is computed is seen in the longest text, too
      context.fillStyle = row < kept ? old : fresh;
      context.globalAlpha = row < kept ? 0.35 : 1;
      for (const x of COLUMNS) context.fillRect(x, y, 24, high);
      if (row < kept) context.globalAlpha = 0.12; // scores of earlier steps: never needed again
      context.fillRect(SCORES, y, this.data.causal ? (row + 1) * one : side, high);
    }
    context.globalAlpha = 1;
    if (one >= CELL) lines(context, { T, one, top, colour: ink("secondary-background") });
    context.globalAlpha = 0.5;
    context.strokeStyle = text;
    context.strokeRect(SCORES, top, side, side);
    context.globalAlpha = 1;
    context.font = `${size}px ${css(this.root, "--st-font") || "sans-serif"}`;
    context.fillStyle = text;
    context.fillText("keys", COLUMNS[0], size);
    context.fillText("values", COLUMNS[1] - 4, size);
    context.fillText("scores", SCORES, size);
    context.fillText(`orange: ${made} computed now; blue: ${kept} kept`, COLUMNS[0], top + side + 1.3 * size);
    const where = `of each of ${L} layers and ${H} heads`;
    const label = `Orange: ${made} rows computed in this step; blue: ${kept} rows of keys and values kept, ${where}`;
    this.canvas.setAttribute("aria-label", label);
  }
}

/**
 * Lines between the cells: one is a number of a token, or of a pair.
 * @param {CanvasRenderingContext2D} context
 * @param {{ T: number, one: number, top: number, colour: string }} grid
 */
function lines(context, { T, one, top, colour }) {
  context.fillStyle = colour;
  for (let i = 1; i < T; i += 1) {
    for (const x of COLUMNS) context.fillRect(x, top + i * one - 0.5, 24, 1);
    context.fillRect(SCORES, top + i * one - 0.5, T * one, 1);
    context.fillRect(SCORES + i * one - 0.5, top, 1, T * one);
  }
}
