// What the size of a vocabulary buys and costs: a row each, its text's length and the models that read it.

import { Again } from "../shared/again.js";
import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { percent, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {[name: string, entries: number, tokens: number | null, each: number | null][]} lengths of the text; null:
 * not counted yet
 * @property {[name: string, parameters: number, steps: number, bits: number, least: number, largest: number][]} models
 * trained alike
 * @property {string} trade
 * @property {number | null} busy how much of the work is done; null: all of it
 */

/**
 * A table with a bar in the last cell of each row.
 * @param {string} caption
 * @param {string[]} heads
 * @param {[cells: string[], share: number][]} rows
 */
const table = (caption, heads, rows) =>
  el(
    "table",
    {},
    el("caption", { text: caption }),
    el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col", text })))),
    el(
      "tbody",
      {},
      ...rows.map(([cells, share]) =>
        el("tr", {}, ...cells.map((text) => el("td", { text })), el("td", { class: "track" }, bar(share))),
      ),
    ),
  );

/** @extends {Card<Payload>} */
export default class Sizes extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "How many entries?", "run");
    this.again = new Again();
    this.lengths = el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Lengths" });
    this.models = el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Models" });
    this.trade = el("p", { class: "trade" });
    this.body.append(this.lengths, this.models, this.trade);
  }

  leave() {
    this.again.stop();
  }

  update() {
    const { sentence, lengths, models, trade, busy } = this.data;
    this.say(busy === null ? sentence : `${sentence} ${percent(busy)}`);
    this.again.follow(busy, this.send);
    const longest = Math.max(...lengths.map(([, , tokens]) => tokens ?? 0), 1);
    this.lengths.replaceChildren(
      table(
        "The text in pieces",
        ["pieces", "tokens", "characters each", ""],
        lengths.map(([name, entries, tokens, each]) => [
          [
            name === "characters" ? `${entries} characters` : name,
            tokens === null ? "–" : thousands(tokens),
            each === null ? "–" : each.toFixed(2),
          ],
          (tokens ?? 0) / longest,
        ]),
      ),
    );
    const most = Math.max(...models.map(([, , , , , largest]) => largest), 1e-9);
    this.models.replaceChildren(
      table(
        "Models trained alike, three seeds each",
        ["pieces", "parameters", "steps", "bits a character", ""],
        models.map(([name, parameters, steps, bits, least, largest]) => [
          [
            name,
            thousands(parameters),
            thousands(steps),
            `${bits.toFixed(2)} (${least.toFixed(2)}–${largest.toFixed(2)})`,
          ],
          bits / most,
        ]),
      ),
    );
    this.trade.textContent = trade;
  }
}
