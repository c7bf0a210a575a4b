// Every position of the prompt: a bar for the loss of each token, and of one of them what was expected instead.

import { hover, looking, pin } from "../shared/bus.js";
import { arrow, bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, named, percent, spoken, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} V
 * @property {number} N positions
 * @property {number} K likeliest tokens of each
 * @property {number} start the first position, from 0
 * @property {string[]} tokens
 * @property {string[]} vocabulary
 * @property {Float32Array} bits
 * @property {Float32Array} ranks
 * @property {Float32Array} best ids
 * @property {Float32Array} shares
 */

const HIGHEST = 8; // bits of a bar that is full, at least

/** @extends {Card<Payload>} */
export default class Positions extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Every position of the text", "run");
    this.list = el("ol", { class: "places", tabindex: 0, "aria-label": "Tokens with their loss; arrow keys move" });
    this.list.onpointerover = (event) => hover(this.placeOf(event));
    this.list.onpointerleave = () => hover(null);
    this.list.onclick = (event) => {
      const place = this.placeOf(event);
      if (place !== null) pin(place);
    };
    this.list.onblur = () => hover(null);
    this.list.onkeydown = (event) => this.key(event);
    this.best = el("ol", { class: "best", "aria-label": "What the model expected there" });
    this.axis = el("p", { class: "axis" });
    this.body.append(this.axis, this.list, this.best);
  }

  hears() {
    return { hover: () => this.drawSoon(), pin: () => this.drawSoon() };
  }

  /** @param {Event} event */
  placeOf(event) {
    const place = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("li"))?.dataset.i;
    return place === undefined ? null : +place;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = arrow(event.key);
    if (event.key === "Enter" && this.data.N) pin(this.here() + this.data.start);
    if (!by || !this.data.N) return;
    event.preventDefault();
    hover(this.data.start + Math.max(0, Math.min(this.data.N - 1, this.here() + by[0] + by[1])));
  }

  /** The position that is looked at, from 0 among those that are shown. */
  here() {
    const { T, N, start } = this.data;
    return Math.max(0, Math.min(N - 1, looking(T) - start));
  }

  update() {
    const { N, start, tokens, bits, ranks } = this.data;
    const most = Math.max(HIGHEST, ...bits);
    const items = Array.from({ length: N }, (_, i) => {
      const token = tokens[start + i];
      const told = `${spoken(token)}: ${bits[i].toFixed(2)} bits, rank ${thousands(ranks[i])}`;
      const column = el("span", { class: "column" });
      column.style.height = Math.max(2, (bits[i] / most) * 100) + "%";
      const tall = el("span", { class: "tall" }, column);
      return el("li", { "data-i": start + i, title: told }, tall, el("span", { class: "mono", text: glyph(token) }));
    });
    this.list.replaceChildren(...items);
    this.axis.textContent = `loss in bits; a full bar is ${most.toFixed(1)}`;
    this.list.scrollLeft = this.list.scrollWidth; // where one writes
    this.card.dataset.rows = String(N);
  }

  draw() {
    const { N, K, start, tokens, vocabulary, bits, ranks, best, shares } = this.data;
    this.blank(!N);
    if (!N) return this.say("Type at least two tokens: each from the second on was expected by those before it.");
    const i = this.here();
    [...this.list.children].forEach((item, place) => item.classList.toggle("query", place === i));
    const worst = bits.indexOf(Math.max(...bits));
    const whom = `${named(tokens, start + i)} was number ${thousands(ranks[i])} of what the model expected there`;
    const most = `It was surprised most by ${named(tokens, start + worst)}: ${bits[worst].toFixed(2)} bits.`;
    this.say(`${whom}: ${bits[i].toFixed(2)} bits of loss. ${most}`);
    this.best.replaceChildren(
      ...Array.from({ length: K }, (_, k) => {
        const [token, share] = [vocabulary[best[i * K + k]], shares[i * K + k]];
        const came = token === tokens[start + i];
        const track = el("span", { class: "track" }, bar(share));
        const name = el("span", { class: "mono", text: glyph(token), title: spoken(token) });
        return el(
          "li",
          { class: came ? "came" : "" },
          name,
          track,
          el("span", { class: "share", text: percent(share) }),
        );
      }),
    );
  }
}
