// What the model writes at this step, always from the same seed: the plainest sign of what it has learned.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { thousands } from "../shared/text.js";

/** @typedef {{ step: number, text: string }} Payload text: empty as long as it has written nothing */

/** @extends {Card<Payload>} */
export default class Sample extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "It writes");
    this.text = el("p", { class: "mono text", tabindex: "0" }); // a long one is read by scrolling
    this.body.append(this.text);
  }

  update() {
    const { step, text } = this.data;
    this.say(
      text
        ? `A fixed seed at step ${thousands(step)}, temperature 0.8.`
        : "It writes at steps 0, 10, 20, 50, 100, … of its training.",
    );
    this.text.textContent = text;
    this.card.dataset.step = String(step);
  }
}
