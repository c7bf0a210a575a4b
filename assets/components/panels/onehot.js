// The tutorials' question: is a linear layer on one-hot vectors the same as an embedding? On this model's own table.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {[what: string, value: string][]} facts
 * @property {string} sentence
 * @property {string} code
 */

/** @extends {Card<Payload>} */
export default class OneHot extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "nn.Linear on one-hot = nn.Embedding", "run");
    this.facts = el("dl", { class: "facts" });
    this.code = el("pre", { class: "mono", tabindex: 0, "aria-label": "PyTorch that shows it" });
    this.body.append(this.facts, this.code);
  }

  update() {
    const { facts, sentence, code } = this.data;
    this.say(sentence);
    this.facts.replaceChildren(
      ...facts.map(([what, value]) => el("div", {}, el("dt", { text: what }), el("dd", { text: value }))),
    );
    this.code.textContent = code;
  }
}
