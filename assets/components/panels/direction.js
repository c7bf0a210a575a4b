// a - b + c: what the difference of two token vectors leads to from a third one.

import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, spoken } from "../shared/text.js";

/** @typedef {[text: string, id: number, cosine: number]} Neighbour */
/**
 * @typedef {object} Payload
 * @property {number} N tokens that can be chosen
 * @property {number[]} ids of them (N,)
 * @property {string[]} names (N,)
 * @property {number[]} chosen ids of a, b, c
 * @property {string[]} called their text
 * @property {Neighbour[]} nearest to a - b + c, without the three
 * @property {Neighbour[]} before to c alone
 * @property {string} sentence
 */

const PARTS = ["a", "b", "c"];

/** @extends {Card<Payload>} */
export default class Direction extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Directions: a − b + c", "run");
    this.picks = PARTS.map((part) =>
      el("select", { class: "mono", "aria-label": `Token ${part}`, onchange: () => this.choose() }),
    );
    const [a, b, c] = this.picks;
    this.row = el("div", { class: "row sum" }, a, "−", b, "+", c, "lies near");
    this.rows = el("tbody");
    const heads = ["", "a − b + c", "", "c alone", ""].map((text) => el("th", { scope: "col", text }));
    this.table = el("table", {}, el("thead", {}, el("tr", {}, ...heads)), this.rows);
    this.body.append(this.row, this.table);
    this.offered = "";
  }

  update() {
    const { ids, names, chosen } = this.data;
    const offered = ids.join();
    if (this.offered !== offered) {
      this.offered = offered;
      for (const pick of this.picks) {
        pick.replaceChildren(...ids.map((id, i) => el("option", { value: id, text: glyph(names[i]) })));
      }
    }
    this.picks.forEach((pick, i) => {
      pick.value = String(chosen[i]);
    });
    this.say(this.data.sentence);
    const { nearest, before } = this.data;
    this.rows.replaceChildren(
      ...nearest.map((one, i) => el("tr", {}, el("td", { text: i + 1 }), ...cells(one), ...cells(before[i]))),
    );
  }

  choose() {
    this.send("choice", { sum: this.picks.map((pick) => pick.value).join(".") });
  }
}

/** @param {Neighbour} one */
const cells = ([text, , cosine]) => [
  el("td", {}, el("span", { class: "mono name", text: glyph(text), "aria-label": spoken(text) })),
  el("td", { class: "track" }, el("span", { class: "share", text: cosine.toFixed(3) }), bar(Math.max(cosine, 0))),
];
