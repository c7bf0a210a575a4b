// Dropout of a real vector: its numbers, what one draw leaves of them, and the mean of many draws.

import { clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { exact, short, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} C
 * @property {string} what whose vector
 * @property {string} sentence
 * @property {number} share that is dropped
 * @property {number[]} shares that are offered
 * @property {number} seed of the draw
 * @property {number} draws whose mean is shown
 * @property {number[]} offered numbers of draws
 * @property {string} number that is worked out
 * @property {Float32Array} values (C,)
 * @property {Float32Array} draw (C,)
 * @property {Float32Array} mean (C,)
 */

const HIGH = 40;
const TITLE = 13;

/**
 * One number in words: what it was, what the draw left of it, and the mean.
 * @param {Payload} payload
 * @param {number} c
 */
export function tellDropped({ values, draw, mean, share, draws }, c) {
  const left = draw[c]
    ? `${exact(values[c])} / ${short(1 - share, 3)} = ${exact(draw[c])}`
    : `${exact(values[c])} dropped: 0`;
  return `Number ${c + 1}: ${left}; mean of ${thousands(draws)}: ${exact(mean[c])}.`;
}

/** @extends {Card<Payload>} */
export default class Dropout extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Dropout", "run");
    this.tools = el("div", { class: "row" });
    this.canvas = el("canvas", { role: "img", tabindex: 0 });
    this.readout = el("p", { class: "readout" });
    this.body.append(this.tools, this.canvas, this.readout);
    /** @type {number | null} */
    this.at = null;
    this.canvas.onpointermove = (event) => this.point(this.columnAt(event));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onclick = (event) => this.choose(this.columnAt(event));
    this.canvas.onkeydown = (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (by) this.point(clamp((this.at ?? -by) + by, 0, this.data.C - 1));
      if (by) event.preventDefault();
      if (event.key === "Enter" && this.at !== null) this.choose(this.at);
    };
  }

  frame() {
    return this.body;
  }

  /** @param {MouseEvent} event */
  columnAt(event) {
    return clamp(Math.floor((placeOf(event).x / this.width()) * this.data.C), 0, this.data.C - 1);
  }

  /** @param {number | null} column */
  point(column) {
    this.at = column;
    this.drawSoon();
  }

  /** @param {number} column */
  choose(column) {
    this.send("choice", { worked: `drop.${column}` });
  }

  update() {
    const { seed, draws, offered, share, shares, sentence, what } = this.data;
    this.say(sentence);
    const button = (
      /** @type {string} */ text,
      /** @type {Record<string, string>} */ words,
      /** @type {boolean} */ on,
    ) =>
      el("button", {
        type: "button",
        class: "soft",
        text,
        "aria-pressed": String(on),
        onclick: () => this.send("choice", words),
      });
    this.tools.replaceChildren(
      ...shares.map((x) => button(`p = ${x}`, { drop: String(x) }, x === share)),
      ...offered.map((n) => button(n === 1 ? "1 draw" : `${thousands(n)} draws`, { draws: String(n) }, n === draws)),
      button("← seed", { dice: String(Math.max(0, seed - 1)) }, false),
      el("span", { class: "seed", text: String(seed) }),
      button("seed →", { dice: String(seed + 1) }, false),
    );
    this.tools.hidden = this.canvas.hidden = this.readout.hidden = !what;
  }

  draw() {
    const { values, draw, mean, C, what, draws, seed, number } = this.data;
    if (!what) return;
    const width = this.width();
    const context = sharp(this.canvas, width, 3 * (HIGH + TITLE));
    const most = Math.max(...[...values, ...draw, ...mean].map(Math.abs), 1e-9);
    const [text, red, blue] = ["text", "red", "blue"].map((name) => css(this.root, `--st-${name}-color`));
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    /** @type {[string, Float32Array][]} */
    const rows = [
      [`the ${C} numbers, ±${short(most, 3)}`, values],
      [`the draw with seed ${seed}`, draw],
      [
        draws === 1
          ? "the mean of this one draw"
          : `the mean of ${thousands(draws)} draws, seeds ${seed} to ${seed + draws - 1}`,
        mean,
      ],
    ];
    const chosen = number.startsWith("drop.") ? Number(number.slice(5)) : null;
    rows.forEach(([label, all], r) => {
      const top = r * (HIGH + TITLE);
      const middle = top + TITLE + HIGH / 2;
      context.fillStyle = text;
      context.fillText(label, 0, top + 9);
      context.fillRect(0, middle, width, 0.5);
      all.forEach((x, c) => {
        const long = (x / most) * (HIGH / 2);
        context.fillStyle = x < 0 ? blue : red;
        context.globalAlpha = this.at === null || this.at === c ? 1 : 0.55;
        context.fillRect(
          (c * width) / C,
          Math.min(middle, middle - long),
          Math.max(width / C - 0.5, 0.7),
          Math.abs(long),
        );
      });
      context.globalAlpha = 1;
    });
    context.fillStyle = text;
    if (chosen !== null && chosen < C) context.fillRect(((chosen + 0.5) * width) / C, 0, 1, 3 * (HIGH + TITLE));
    this.readout.textContent =
      this.at === null ? "Point at a number; a click works its mean out." : tellDropped(this.data, this.at);
    this.canvas.setAttribute(
      "aria-label",
      `${this.title.textContent}. ${this.data.sentence} ${this.readout.textContent}`,
    );
  }
}
