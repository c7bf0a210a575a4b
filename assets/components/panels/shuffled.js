// The prompt in another order: how far the last token's output moves after each block, with and without positions.

import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} number of the order; 0: none is asked for
 * @property {readonly string[]} text the tokens in their other order
 * @property {readonly number[]} trained (L,) the largest change after each block
 * @property {readonly number[]} without (L,) the same without positions
 * @property {number} size the largest number of that vector after the first block
 * @property {string} sentence
 */

const STILL = 1e-5; // what is smaller has not moved: the digits of single precision end here

/**
 * A change in words: what is only rounding is told by its exponent.
 * @param {number} x
 */
export const change = (x) => (x === 0 ? "0" : x < STILL ? x.toExponential(0) : x.toFixed(3));

/** @extends {Card<Payload>} */
export default class Shuffled extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Shuffle the prompt", "run");
    this.again = el("button", { type: "button", class: "soft", onclick: () => this.deal(this.data.number + 1) });
    this.own = el("button", { type: "button", class: "soft", text: "Its own order", onclick: () => this.deal(0) });
    this.text = el("p", { class: "mono text" });
    this.rows = el("tbody");
    const heads = ["after block", "with positions", "", "without", ""].map((text) => el("th", { scope: "col", text }));
    this.table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), this.rows);
    this.foot = el("p", { class: "readout" });
    this.body.append(el("div", { class: "row" }, this.again, this.own), this.text, this.table, this.foot);
  }

  /** @param {number} number */
  deal(number) {
    this.send("choice", { shuffle: String(number) });
  }

  update() {
    const { number, text, trained, without, size, sentence } = this.data;
    this.say(sentence);
    this.again.textContent = number ? "Shuffle again" : "Shuffle";
    this.own.hidden = this.table.hidden = this.foot.hidden = !number;
    this.text.textContent = text.map(glyph).join("");
    const most = Math.max(...trained, ...without, 1e-9);
    /** @param {number} x */
    const cells = (x) => [
      el("td", { class: "share", text: change(x) }),
      el("td", { class: "track" }, bar(x / most, x < STILL ? "bar still" : "bar")),
    ];
    this.rows.replaceChildren(
      ...trained.map((x, l) => el("tr", {}, el("td", { text: l + 1 }), ...cells(x), ...cells(without[l]))),
    );
    const count = "The largest change of a number in the last token's vector";
    this.foot.textContent = `${count}; after the first block its largest number is ${size.toFixed(2)}.`;
  }
}
