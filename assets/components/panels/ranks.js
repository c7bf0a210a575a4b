// The rank of the chosen token, and of the true next one, at every boundary: the guess as it rises.

import { css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} V
 * @property {string[]} names of the boundaries (S,)
 * @property {[token: string, what: string, ranks: number[], shares: number[]][]} lines
 * @property {string} sentence
 * @property {number} position of the token that one looks from
 * @property {number[]} ids of the lines' tokens
 * @property {string} number that is worked out
 */

const HIGH = 120;
const EDGE = 34;

/**
 * How far down a rank stands: 0 the first, 1 the last; each tenfold is as far.
 * @param {number} rank
 * @param {number} V
 */
export const depth = (rank, V) => (V > 1 ? Math.log(rank) / Math.log(V) : 0);

/** @extends {Card<Payload>} */
export default class Ranks extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Rank through the layers", "run");
    this.canvas = el("canvas", { role: "img" });
    this.table = el("table");
    this.body.append(
      this.canvas,
      el("div", { class: "scroll", tabindex: 0, "aria-label": "Ranks as a table" }, this.table),
    );
  }

  frame() {
    return this.body;
  }

  draw() {
    const { lines, names, sentence, position, ids, number, V } = this.data;
    this.say(sentence);
    this.canvas.hidden = this.table.hidden = !lines.length;
    if (!lines.length) return;
    this.picture();
    this.canvas.setAttribute("aria-label", `${this.title.textContent} of ${V} tokens. ${sentence}`);
    const head = el(
      "tr",
      {},
      el("th", { text: "read at" }),
      ...lines.map(([token, what]) => el("th", { text: `“${glyph(token)}” ${what}` })),
    );
    const rows = names.map((name, s) => {
      const cells = lines.map(([token, , ranks, shares], i) => {
        const key = `share.${s}.${position}.${ids[i]}`;
        const text = `#${thousands(ranks[s])} · ${percent(shares[s])}`;
        const onclick = () => this.send("choice", { worked: key });
        const label = `“${glyph(token)}” at ${name}: ${text}`;
        return el(
          "td",
          {},
          el("button", {
            type: "button",
            class: key === number ? "num on" : "num",
            text,
            "aria-label": label,
            onclick,
          }),
        );
      });
      return el("tr", {}, el("th", { scope: "row", text: name }), ...cells);
    });
    this.table.replaceChildren(head, ...rows);
  }

  picture() {
    const { lines, names, V } = this.data;
    const width = this.width();
    const context = sharp(this.canvas, width, HIGH);
    const text = css(this.root, "--st-text-color");
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    context.fillStyle = text;
    context.textBaseline = "middle";
    const room = HIGH - 24;
    const y = (/** @type {number} */ rank) => 10 + depth(rank, V) * room;
    const x = (/** @type {number} */ s) => EDGE + ((s + 0.5) * (width - EDGE)) / names.length;
    for (let rank = 1; rank <= V; rank *= 10) {
      context.fillText(`#${thousands(rank)}`, 0, y(rank));
      context.globalAlpha = 0.25;
      context.fillRect(EDGE, y(rank), width - EDGE, 1);
      context.globalAlpha = 1;
    }
    const colours = ["--st-primary-color", "--st-orange-color"];
    lines.forEach(([, , ranks], i) => {
      const colour = css(this.root, colours[i]);
      context.strokeStyle = context.fillStyle = colour;
      context.lineWidth = 2;
      context.setLineDash(i ? [5, 4] : []);
      context.beginPath();
      ranks.forEach((rank, s) => context.lineTo(x(s), y(rank)));
      context.stroke();
      context.setLineDash([]);
      ranks.forEach((rank, s) => context.fillRect(x(s) - 3, y(rank) - 3, 6, 6));
    });
    context.fillStyle = text;
    context.textAlign = "center";
    const every = Math.ceil((names.length * 50) / (width - EDGE));
    names.forEach((name, s) => s % every === 0 && context.fillText(name.replace("embedding", "embed"), x(s), HIGH - 6));
    context.textAlign = "left";
  }
}
