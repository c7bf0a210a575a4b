// Residual connections off: a switch for the whole page, and the gradient at each boundary with and without them.

import { css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string[]} names of the boundaries (S,)
 * @property {boolean} can whether there are residual connections
 * @property {boolean} off
 * @property {string} lost what the switch does to this prompt
 * @property {boolean} measured
 * @property {[name: string, lengths: number[]][]} series
 * @property {string} sentence
 */

const HIGH = 130;
const EDGE = 46;
const DASHES = [[], [5, 4], [1.5, 3]]; // this model, fresh ones, fresh ones without norms
const LEAST = 1e-12; // what is shorter is drawn there

/** @extends {Card<Payload>} */
export default class Gradient extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Residual off", "run");
    const turn = () => this.send("choice", { bare: this.data.off ? "0" : "1" });
    const ask = () => this.send("choice", { gradient: this.data.measured ? "0" : "1" });
    this.turned = el("button", { type: "button", class: "soft", text: "Without x +", onclick: turn });
    this.asked = el("button", { type: "button", class: "soft", text: "Measure the gradient", onclick: ask });
    this.lost = el("p", { class: "lost", role: "status" });
    this.canvas = el("canvas", { role: "img" });
    this.table = el("table");
    this.body.append(el("div", { class: "row" }, this.turned, this.asked), this.lost, this.canvas, this.table);
  }

  frame() {
    return this.body;
  }

  draw() {
    const { can, off, lost, measured, series, sentence, names } = this.data;
    this.say(sentence);
    this.turned.hidden = this.asked.hidden = this.lost.hidden = !can;
    this.turned.setAttribute("aria-pressed", String(off));
    this.asked.setAttribute("aria-pressed", String(measured));
    this.lost.textContent = lost;
    this.canvas.hidden = this.table.hidden = !series.length;
    if (!series.length) return;
    this.picture();
    this.canvas.setAttribute("aria-label", `${this.title.textContent}. ${sentence}`);
    const head = el("tr", {}, el("th"), ...names.map((name) => el("th", { text: name.replace("embedding", "embed") })));
    const rows = series.map(([name, lengths], i) => {
      const key = el("th", { scope: "row" }, el("i", { class: `key k${i}` }), name);
      return el("tr", {}, key, ...lengths.map((x) => el("td", { text: short(x, 3) })));
    });
    this.table.replaceChildren(head, ...rows);
  }

  picture() {
    const { series, names } = this.data;
    const width = this.width();
    const context = sharp(this.canvas, width, HIGH);
    const logs = series.flatMap(([, lengths]) => lengths.map((x) => Math.log10(Math.max(x, LEAST))));
    const low = Math.floor(Math.min(...logs));
    const high = Math.max(low + 1, Math.ceil(Math.max(...logs)));
    const y = (/** @type {number} */ log) => 8 + ((high - log) / (high - low)) * (HIGH - 28);
    const x = (/** @type {number} */ s) => EDGE + ((s + 0.5) * (width - EDGE)) / names.length;
    const text = css(this.root, "--st-text-color");
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    context.fillStyle = text;
    for (let power = low; power <= high; power += Math.ceil((high - low) / 5)) {
      context.fillText(Math.abs(power) > 3 ? `1e${power}` : short(10 ** power), 0, y(power));
      context.globalAlpha = 0.2;
      context.fillRect(EDGE, y(power), width - EDGE, 1);
      context.globalAlpha = 1;
    }
    context.textAlign = "center";
    const every = Math.ceil((names.length * 48) / (width - EDGE));
    names.forEach((name, s) => s % every || context.fillText(name.replace("embedding", "embed"), x(s), HIGH - 6));
    const colours = ["--st-primary-color", "--st-red-color"]; // with, and without
    series.forEach(([, lengths], i) => {
      context.strokeStyle = context.fillStyle = css(this.root, colours[i % 2]);
      context.lineWidth = 2;
      context.setLineDash(DASHES[i >> 1]);
      context.beginPath();
      lengths.forEach((long, s) => context.lineTo(x(s), y(Math.log10(Math.max(long, LEAST)))));
      context.stroke();
      context.setLineDash([]);
      lengths.forEach((long, s) => context.fillRect(x(s) - 3, y(Math.log10(Math.max(long, LEAST))) - 3, 6, 6));
    });
  }
}
