// A text that the model writes on from the prompt, without the edits and with them, by the same draws; and where both
// part. It is written in the background once nobody types any more.

import { Again } from "../shared/again.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {string[][]} texts the written tokens, without and with the edits; fewer while they are written
 * @property {number | null} parts the first place where they part, from 0; null: none so far
 * @property {number | null} busy how much is written; null: all
 * @property {Record<string, any>} settings of the draws
 * @property {number} lastSeed
 */

const SIDES = ["without the edits", "with them"];

/** @extends {Card<Payload>} */
export default class Twice extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Written with and without", "run");
    this.texts = SIDES.map(() => el("p", { class: "text mono" }));
    const rows = SIDES.map((side, i) => el("div", { class: "side" }, el("h4", { text: side }), this.texts[i]));
    this.seed = el("button", { type: "button", class: "soft", text: "Another seed", onclick: () => this.next() });
    this.body.append(el("div", { class: "sides" }, ...rows), this.seed);
    this.again = new Again();
  }

  leave() {
    this.again.stop();
  }

  update() {
    const { sentence, texts, parts, busy } = this.data;
    this.say(sentence);
    this.blank(!texts.length);
    this.card.dataset.busy = busy === null ? "" : String(busy);
    this.card.dataset.parts = parts === null ? "" : String(parts);
    this.texts.forEach((text, i) => {
      const tokens = texts[i] ?? [];
      const before = tokens.slice(0, parts ?? tokens.length);
      text.replaceChildren(shown(before));
      if (parts === null || parts >= tokens.length) return;
      const mark = el("mark", { text: shown([tokens[parts]]), "aria-label": `parts here: ${glyph(tokens[parts])}` });
      text.append(mark, shown(tokens.slice(parts + 1)));
    });
    this.again.follow(busy, (state, value) => this.send(state, value));
  }

  /** The same knobs with the next seed. */
  next() {
    const { settings, lastSeed } = this.data;
    this.send("knobs", { ...settings, seed: (settings.seed + 1) % (lastSeed + 1) });
  }
}

/** Line ends are seen as what they are, and end the line too. @param {string[]} tokens */
const shown = (tokens) => tokens.map((token) => glyph(token).replaceAll("↵", "↵\n")).join("");
