// The nearest neighbours of the token that one looks at, by cosine in all dimensions.

import { looking } from "../shared/bus.js";
import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, named, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} U
 * @property {string[]} tokens (T,)
 * @property {number[]} row of each token (T,) in `nearest`
 * @property {[text: string, id: number, cosine: number][][]} nearest of each (U,), the most alike first
 */

/** @extends {Card<Payload>} */
export default class Near extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Nearest neighbours");
    this.rows = el("tbody");
    const heads = ["token", "id", "cosine"].map((text) => el("th", { scope: "col", text }));
    this.table = el("table", {}, el("thead", {}, el("tr", {}, ...heads, el("td"))), this.rows);
    this.body.append(this.table);
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  draw() {
    const { tokens, row, nearest } = this.data;
    const T = tokens.length;
    this.blank(!T);
    if (!T) return this.say("For each token: whose vectors point most its way.");
    const at = looking(T);
    this.say(`${named(tokens, at)}: the cosine is 1 for the same direction, 0 for a right angle.`);
    this.rows.replaceChildren(
      ...nearest[row[at]].map(([text, id, cosine]) =>
        el(
          "tr",
          {},
          el("td", { class: "mono", text: glyph(text), "aria-label": spoken(text) }),
          el("td", { class: "share", text: id }),
          el("td", { class: "share", text: cosine.toFixed(3) }),
          el("td", { class: "track" }, bar(Math.abs(cosine), cosine < 0 ? "bar minus" : "bar")),
        ),
      ),
    );
  }
}
