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
 * @property {number} L
 * @property {number} H
 * @property {number} token multiply-adds for each computed token
 * @property {number} pair and for each pair of a computed token and one that it looks at
 * @property {string} why why nothing is kept as long as the text fits; empty if something is
 * @property {string} slides why nothing is kept once the window slides
 * @property {number} timed how often it was timed
 * @property {{ tokens: number, kept: number, anew: number } | null} timing milliseconds
 */

/**
 * The pass after so many written tokens: how many tokens it computes, and how many it finds kept.
 * @param {Pick<Payload, "prompt" | "block" | "causal">} sizes
 * @param {number} step
 */
export function passOf({ prompt, block, causal }, step) {
  const length = prompt + step;
  const kept = step === 0 || length > block || !causal ? 0 : length - 1;
  return { made: Math.min(length, block) - kept, kept };
}

/**
 * Multiply-adds of a pass.
 * @param {Pick<Payload, "token" | "pair">} cost
 * @param {{ made: number, kept: number }} pass
 */
export const products = ({ token, pair }, { made, kept }) => made * token + made * (made + kept) * pair;

/** @extends {Card<Payload>} */
export default class CacheMap extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The cache, seen", "run");
    this.slider = el("input", { type: "range", min: 0, step: 1, "aria-label": "Step of the writing" });
    this.slider.oninput = () => this.go(+this.slider.value);
    this.told = el("span", { class: "told" });
    this.canvas = el("canvas", { role: "img" });
    const time = () => this.send("choice", { timed: String(this.data.timed + 1) });
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
    this.say(`When ${what}, ${pass.made} of ${whole.made} tokens are computed: ${counts}. ${reason}`);
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
    const room = Math.min(this.width(), 420);
    const size = letters(11);
    const side = Math.min(room - 110, 230);
    const context = sharp(this.canvas, room, side + 3.4 * size);
    const T = made + kept;
    const one = side / T;
    const top = 1.6 * size;
    const [fresh, old, text] = [
      css(this.root, "--st-orange-color"),
      css(this.root, "--st-blue-color"),
      css(this.root, "--st-text-color"),
    ];
    context.font = `${size}px ${css(this.root, "--st-font") || "sans-serif"}`;
    context.fillStyle = text;
    context.textAlign = "center";
    context.fillText("keys", 18, size);
    context.fillText("values", 62, size);
    context.textAlign = "left";
    context.fillText("scores", 96, size);
    for (const x of [6, 50]) {
      context.globalAlpha = 0.3;
      context.fillStyle = old;
      context.fillRect(x, top, 24, one * kept);
      context.globalAlpha = 1;
      context.fillStyle = fresh;
      context.fillRect(x, top + one * kept, 24, Math.max(one * made, 1.5));
    }
    const left = 96;
    context.fillStyle = old;
    context.globalAlpha = 0.12;
    context.beginPath(); // scores of tokens that looked in earlier steps: never needed again
    context.moveTo(left, top);
    context.lineTo(left + one * kept, top + one * kept);
    context.lineTo(left, top + one * kept);
    context.fill();
    context.globalAlpha = 1;
    context.fillStyle = fresh;
    context.beginPath();
    const [first, last] = [top + one * kept, top + side];
    context.moveTo(left, first);
    context.lineTo(left + (this.data.causal ? one * kept : side), first);
    context.lineTo(left + side, this.data.causal && made > 1 ? last : first);
    context.lineTo(left + side, Math.max(last, first + 1.5));
    context.lineTo(left, Math.max(last, first + 1.5));
    context.fill();
    context.strokeStyle = text;
    context.globalAlpha = 0.5;
    context.strokeRect(left, top, side, side);
    context.globalAlpha = 1;
    const where = `of each of ${L} layers and ${H} heads`;
    const label = `Orange: ${made} rows computed in this step; blue: ${kept} rows of keys and values kept, ${where}`;
    this.canvas.setAttribute("aria-label", label);
    context.fillStyle = text;
    context.fillText(`orange: ${made} computed now; blue: ${kept} kept`, 6, top + side + 1.3 * size);
  }
}
