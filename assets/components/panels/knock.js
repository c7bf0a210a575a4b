// What matters for one prediction: what takes the place of a silent part, which effect, and how far it is measured.

import { Again } from "../shared/again.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph } from "../shared/text.js";
import { TokenPick } from "../shared/tokenpick.js";

const PAUSE = 400; // milliseconds after the last key until another prompt is told
const SHOWN = 24; // characters of a suggested prompt

/**
 * @typedef {object} Payload
 * @property {[parameter: string, label: string, options: [word: string, text: string][], chosen: string][]} groups
 * @property {[id: number, text: string, share: number][]} offered tokens whose prediction it may be
 * @property {number} chosen the id of the one that it is
 * @property {string | null} other the other prompt; null: nothing is taken from it
 * @property {string} suggested another prompt that would do
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
    this.pick = new TokenPick((logit) => this.send("choice", { logit }), "Whose prediction");
    this.whose = el("div", { class: "row" }, el("span", { text: "Prediction of" }), this.pick.offered, this.pick.typed);
    this.choices = el("div", { class: "choices" });
    this.other = el("textarea", { rows: 2, "aria-label": "The other prompt", spellcheck: false, maxlength: 2000 });
    this.other.oninput = () => this.typed();
    this.suggest = el("button", { type: "button", class: "soft mono", onclick: () => this.take() });
    this.second = el("div", { class: "row second" }, el("span", { text: "Other prompt" }), this.other, this.suggest);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.found = el("p", { class: "found", role: "status" });
    this.again = new Again();
    this.body.append(this.whose, this.choices, this.second, this.found);
  }

  leave() {
    this.again.stop();
    clearTimeout(this.timer);
  }

  update() {
    const { groups, offered, chosen, other, suggested, T, sentence, found, busy } = this.data;
    this.say(sentence);
    this.blank(!groups.length);
    this.card.dataset.rows = String(T);
    this.card.dataset.busy = busy === null ? "" : String(busy);
    this.pick.show(offered, chosen);
    this.second.hidden = other === null;
    const writes = this.root.activeElement === this.other; // what is being typed is newer than what Python knows
    if (other !== null && !writes && this.other.value !== other) this.other.value = other;
    this.suggest.hidden = !suggested;
    this.suggest.textContent = `take “${glyph(suggested.slice(0, SHOWN))}${suggested.length > SHOWN ? "…" : ""}”`;
    this.choices.replaceChildren(...groups.map((group) => this.group(...group)));
    this.found.textContent = found;
    this.again.follow(busy, (state, value) => this.send(state, value));
  }

  /** Another prompt is told once the keys rest. */
  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send("choice", { other: this.other.value }), PAUSE);
  }

  /** The suggested prompt becomes the other one. */
  take() {
    this.other.value = this.data.suggested;
    this.send("choice", { other: this.data.suggested });
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
