// Norms before each part, after it, or nowhere: how long the stream is, and how strong the gradient, by boundary.

import { css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { short, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {[kind: string, name: string][]} kinds
 * @property {number[]} steps at which they were measured
 * @property {[kind: string, seed: number, step: number, loss: number, length: number[], gradient: number[]][]} rows
 * @property {string} sentence
 * @property {[kind: string, words: string][]} facts at the end of the training
 */

const HIGH = 128;
const LEFT = 40;
const FOOT = 16;
const DASHES = [[], [6, 3], [2, 3]];
const COLOURS = ["--st-blue-color", "--st-orange-color", "--st-gray-color"];

/** @extends {Card<Payload>} */
export default class Placements extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Pre, post, none: models trained alike", "run");
    this.pick = el("select", { "aria-label": "At which step of the training", onchange: () => this.draw() });
    this.legend = el("span", { class: "legend" });
    this.pictures = [4, 5].map(() => el("canvas", { role: "img" }));
    this.facts = el("dl");
    this.save = el("button", {
      type: "button",
      class: "soft save",
      text: "PNG",
      "aria-label": "Save the picture as PNG",
    });
    this.save.onclick = () => savePng(root, this.pictures, ["", ""], "pre-post-none.png");
    const both = el("div", { class: "both" }, ...this.pictures);
    this.body.append(
      el("div", { class: "row" }, el("label", {}, "Step ", this.pick), this.legend, this.save),
      both,
      this.facts,
    );
  }

  frame() {
    return this.body;
  }

  update() {
    const { steps, facts, kinds } = this.data;
    const chosen = this.pick.value || String(steps.at(-1));
    this.pick.replaceChildren(...steps.map((step) => el("option", { value: step, text: thousands(step) })));
    this.pick.value = chosen;
    const signs = ["—", "- -", "···"];
    this.legend.textContent = kinds.map(([, name], k) => `${signs[k]} ${name}`).join("   ");
    this.facts.replaceChildren(
      ...facts.map(([kind, words]) => el("div", {}, el("dt", { text: kind }), el("dd", { text: words }))),
    );
  }

  draw() {
    const { sentence } = this.data;
    this.say(sentence);
    this.picture(this.pictures[0], "length of a token's stream", 4);
    this.picture(this.pictures[1], "gradient on the stream, all tokens", 5);
  }

  /**
   * One line a model; both axes from the least to the largest, the numbers' axis logarithmic.
   * @param {HTMLCanvasElement} canvas
   * @param {string} title
   * @param {4 | 5} which of a row's fields
   */
  picture(canvas, title, which) {
    const { rows, kinds } = this.data;
    const step = Number(this.pick.value);
    const shown = rows.filter((row) => row[2] === step);
    const width = Math.max(this.width() > 620 ? (this.width() - 20) / 2 : this.width(), 200);
    const context = sharp(canvas, width, HIGH + FOOT);
    if (!shown.length) return;
    const numbers = shown.flatMap((row) => row[which]).map((x) => Math.max(x, 1e-9));
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    const [low, high] = [Math.log(least * 0.9), Math.log(most * 1.1)];
    const many = shown[0][which].length;
    const x = (/** @type {number} */ i) => LEFT + ((width - LEFT - 8) * i) / (many - 1);
    const y = (/** @type {number} */ value) =>
      18 + ((high - Math.log(Math.max(value, 1e-9))) / (high - low)) * (HIGH - 22);
    context.font = `${letters(10)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    context.fillStyle = css(this.root, "--st-text-color");
    context.fillText(title, 0, 7);
    for (const value of [least, most]) context.fillText(short(value, 2), 0, y(value));
    for (let i = 0; i < many; i++) context.fillText(String(i), x(i) - 3, HIGH + FOOT / 2);
    for (const row of shown) {
      const k = kinds.findIndex(([kind]) => kind === row[0]);
      context.strokeStyle = css(this.root, COLOURS[k]);
      context.lineWidth = 1.5;
      context.setLineDash(DASHES[k]);
      context.beginPath();
      row[which].forEach((value, i) => (i ? context.lineTo(x(i), y(value)) : context.moveTo(x(i), y(value))));
      context.stroke();
    }
    context.setLineDash([]);
    const told = shown.map((row) => `${row[0]} ${short(row[which][0], 2)} to ${short(row[which].at(-1) ?? 0, 2)}`);
    canvas.setAttribute("aria-label", `${title}, by boundary, first to last: ${told.join("; ")}.`);
  }
}
