// What matters for one prediction: what takes the place of a silent part, which effect, and how far it is measured.

import { Again } from "../shared/again.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {[parameter: string, label: string, options: [word: string, text: string][], chosen: string][]} groups
 * @property {number} T tokens of the prompt
 * @property {string} sentence
 * @property {string} found the strongest parts, in words
 * @property {number | null} busy how much is measured; null: all
 */

/** @extends {Card<Payload>} */
export default class Knock extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What matters", "run");
    this.choices = el("div", { class: "choices" });
    this.found = el("p", { class: "found", role: "status" });
    this.again = new Again();
    this.body.append(this.choices, this.found);
  }

  leave() {
    this.again.stop();
  }

  update() {
    const { groups, T, sentence, found, busy } = this.data;
    this.say(sentence);
    this.blank(!groups.length);
    this.card.dataset.rows = String(T);
    this.card.dataset.busy = busy === null ? "" : String(busy);
    this.choices.replaceChildren(...groups.map((group) => this.group(...group)));
    this.found.textContent = found;
    this.again.follow(busy, (state, value) => this.send(state, value));
  }

  /**
   * @param {string} parameter
   * @param {string} label
   * @param {[word: string, text: string][]} options
   * @param {string} chosen
   */
  group(parameter, label, options, chosen) {
    const buttons = options.map(([word, text]) =>
      el("button", {
        type: "button",
        class: "soft",
        "aria-pressed": String(word === chosen),
        text,
        onclick: () => this.send("choice", { [parameter]: word }),
      }),
    );
    return el("div", { class: "row", role: "group", "aria-label": label }, el("span", { text: label }), ...buttons);
  }
}
