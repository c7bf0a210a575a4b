// The model as it would be built: boxes in the order in which a token passes them, each with its parameters.
// Which boxes there are and what they say is decided in Python (gpt/diagram.py).

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { thousands } from "../shared/text.js";

/**
 * @typedef {object} Box
 * @property {"stream" | "attention" | "mlp" | "norm" | "join"} kind
 * @property {string} text
 * @property {number} parameters that it learns; in a block: in one block
 */
/**
 * @typedef {object} Payload
 * @property {Box[]} before what makes the stream
 * @property {string} times how many blocks; "" for none
 * @property {Box[]} block what happens in each
 * @property {Box[]} after what makes logits of the stream
 * @property {number} total all parameters
 * @property {string} words every switch that matters in this model
 * @property {string} sentence
 */

/** @param {Box} box */
function drawBox({ kind, text, parameters }) {
  const count = el("span", { class: "n", text: parameters ? thousands(parameters) : "" });
  return el("div", { class: "box " + kind }, el("span", { text }), count);
}

/** @extends {Card<Payload>} */
export default class Diagram extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The model");
    this.flow = el("div", { class: "flow" });
    this.body.append(this.flow);
  }

  update() {
    const { before, times, block, after, sentence } = this.data;
    this.flow.replaceChildren(...before.map(drawBox));
    if (times) {
      const inner = block.map(drawBox);
      this.flow.append(el("div", { class: "block" }, el("div", { class: "times", text: times }), ...inner));
    }
    this.flow.append(...after.map(drawBox));
    this.say(sentence);
  }
}
