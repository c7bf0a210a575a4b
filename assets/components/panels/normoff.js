// Leave a layer norm out, or all: how long the stream becomes, and what is predicted then.

import { bar, css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, short, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {[word: string, name: string][]} options as Python is told them, and in words
 * @property {string} off the one that is left out; "": none
 * @property {string} sentence
 * @property {string[]} labels of the norms
 * @property {[what: string, numbers: number[]][]} lengths of the stream at each norm
 * @property {[what: string, value: string][]} facts
 * @property {[title: string, bars: [token: string, share: number][]][]} tops likeliest next tokens
 */

const HIGH = 110;
const LEFT = 34;
const FOOT = 14;
const DASHES = [[], [5, 3]];

/** @extends {Card<Payload>} */
export default class NormOff extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Leave one out", "run");
    this.pick = el("select", { "aria-label": "Which layer norm is left out" });
    this.pick.onchange = () => this.send("choice", { "ln-off": this.pick.value });
    const named = el("label", {}, "Left out: ", this.pick);
    this.canvas = el("canvas", { role: "img" });
    this.facts = el("dl", { class: "facts" });
    this.tops = el("div", { class: "tops" });
    this.body.append(named, this.canvas, this.facts, this.tops);
  }

  frame() {
    return this.body;
  }

  update() {
    const { options, off, facts, tops } = this.data;
    this.pick.replaceChildren(
      ...options.map(([value, text]) => el("option", { value, text, selected: value === off })),
    );
    this.pick.value = off;
    this.facts.replaceChildren(
      ...facts.map(([what, value]) => el("div", {}, el("dt", { text: what }), el("dd", { text: value }))),
    );
    const most = Math.max(...tops.flatMap(([, bars]) => bars.map(([, share]) => share)), 1e-9);
    this.tops.replaceChildren(
      ...tops.map(([title, bars]) =>
        el("div", {}, el("h4", { text: title }), el("ol", {}, ...bars.map((one) => candidate(...one, most)))),
      ),
    );
  }

  draw() {
    const { lengths, labels, sentence } = this.data;
    this.blank(!lengths.length);
    this.say(sentence);
    const width = this.width();
    const context = sharp(this.canvas, width, HIGH + FOOT);
    if (!lengths.length) return;
    const told = lengths.map(([what, numbers]) => `${what} ${numbers.map((x) => short(x, 3)).join(", ")}`);
    this.canvas.setAttribute("aria-label", `Length of the stream at each norm: ${told.join("; ")}.`);
    context.font = `${letters(10)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    const all = lengths.flatMap(([, numbers]) => numbers).map((x) => Math.max(x, 1e-6));
    const [low, high] = [Math.log(Math.min(...all) * 0.9), Math.log(Math.max(...all) * 1.1)];
    const x = (/** @type {number} */ i) => LEFT + ((width - LEFT - 6) * (i + 0.5)) / labels.length;
    const y = (/** @type {number} */ value) =>
      8 + ((high - Math.log(Math.max(value, 1e-6))) / (high - low)) * (HIGH - 16);
    const colours = [css(this.root, "--st-gray-color"), css(this.root, "--st-primary-color")];
    const text = css(this.root, "--st-text-color");
    context.fillStyle = text;
    for (const value of [Math.min(...all), Math.max(...all)]) context.fillText(short(value, 2), 0, y(value));
    const every = Math.ceil((44 * labels.length) / (width - LEFT));
    labels.forEach((label, i) => {
      if (i % every === 0) context.fillText(label, x(i) - 14, HIGH + FOOT / 2);
    });
    lengths.forEach(([what, numbers], k) => {
      context.strokeStyle = colours[k];
      context.lineWidth = 2;
      context.setLineDash(DASHES[k]);
      context.beginPath();
      numbers.forEach((value, i) => (i ? context.lineTo(x(i), y(value)) : context.moveTo(x(i), y(value))));
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = text;
      context.fillText(`${k ? "- -" : "—"} ${what}`, LEFT + 4 + k * 84, 8);
    });
  }
}

/**
 * @param {string} token
 * @param {number} share
 * @param {number} most the share of the longest bar
 */
const candidate = (token, share, most) =>
  el(
    "li",
    {},
    el("span", { class: "mono name", text: glyph(token), "aria-label": spoken(token) }),
    el("span", { class: "track" }, bar(share / most)),
    el("span", { class: "share", text: percent(share) }),
  );
