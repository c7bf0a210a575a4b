// How the chosen run is doing: how far it is, and its numbers, each in a place of its own, so that nothing moves while
// they change.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Fact
 * @property {string} name
 * @property {string} value with its unit
 */
/**
 * @typedef {object} Payload
 * @property {string} sentence who it is, and where
 * @property {string} message what it has to say; mostly nothing
 * @property {number} share of all its steps, 0 to 1
 * @property {Fact[]} facts
 */

/** @extends {Card<Payload>} */
export default class Progress extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The chosen run");
    this.bar = el("progress", { max: 1, "aria-label": "share of its steps" });
    this.facts = el("dl");
    this.message = el("p", { class: "message", role: "status" });
    this.body.append(this.bar, this.facts, this.message);
  }

  update() {
    const { sentence, message, share, facts } = this.data;
    this.say(sentence);
    this.bar.value = share;
    if (this.message.textContent !== message) this.message.textContent = message;
    if (this.facts.children.length !== facts.length) {
      this.facts.replaceChildren(...facts.map(() => el("div", {}, el("dt"), el("dd"))));
    }
    facts.forEach(({ name, value }, i) => {
      const [dt, dd] = this.facts.children[i].children;
      dt.textContent = name;
      dd.textContent = value;
    });
  }
}
