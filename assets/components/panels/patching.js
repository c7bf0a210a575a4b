// Activation patching: which pair of prompts, between which answers, what is patched, and what was found in words.

import { Again } from "../shared/again.js";
import { el, focused } from "../shared/dom.js";
import { Card } from "../shared/panel.js";

/** @typedef {[word: string, text: string]} Option */
/**
 * @typedef {object} Payload
 * @property {number} T tokens of the prompt
 * @property {string} sentence
 * @property {[key: string, title: string][]} pairs that are ready
 * @property {string} pair the one that is open; "": another
 * @property {string} shows what that one shows
 * @property {[parameter: string, label: string, options: Option[], chosen: string][]} groups
 * @property {Option[]} answers tokens to choose from, by their ids; none while there is nothing to patch
 * @property {[a: string, b: string]} chosen their ids; "": the likeliest
 * @property {string} formula with both baselines
 * @property {string} found the strongest patches, in words
 * @property {number | null} busy how much is measured; null: all
 */

/** @extends {Card<Payload>} */
export default class Patching extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Activation patching", "run");
    this.pairs = el("div", { class: "row pairs", role: "group", "aria-label": "Ready pairs of prompts" });
    this.shows = el("p", { class: "shows" });
    this.choices = el("div", { class: "choices" });
    this.answers = [0, 1].map((side) =>
      el("select", { "aria-label": `Answer of ${"AB"[side]}`, onchange: () => this.chooseAnswers() }),
    );
    this.between = el("div", { class: "row", role: "group", "aria-label": "Answers" });
    this.between.append("Answer of A", this.answers[0], "of B", this.answers[1]);
    this.formula = el("p", { class: "formula" });
    this.found = el("p", { class: "found", role: "status" });
    this.again = new Again();
    this.body.append(this.pairs, this.shows, this.choices, this.formula, this.found);
    this.told = 0; // choices, so that the same one again is heard again
  }

  leave() {
    this.again.stop();
  }

  update() {
    const { T, sentence, pairs, pair, shows, groups, answers, chosen, formula, found, busy } = this.data;
    this.say(sentence);
    this.card.dataset.rows = String(T);
    this.card.dataset.busy = busy === null ? "" : String(busy);
    const [inside, name] = [focused(), focused()?.textContent];
    const there = this.pairs.contains(inside) || this.choices.contains(inside);
    this.pairs.replaceChildren(
      el("span", { text: "Ready:" }),
      ...pairs.map(([key, title]) => this.button(title, key === pair, () => this.open(key))),
    );
    this.shows.textContent = shows;
    this.shows.hidden = !shows;
    this.choices.hidden = !groups.length;
    const rows = groups.map(([parameter, label, options, now]) =>
      el(
        "div",
        { class: "row", role: "group", "aria-label": label },
        el("span", { text: label }),
        ...options.map(([word, text]) => this.button(text, word === now, () => this.choose({ [parameter]: word }))),
      ),
    );
    this.between.hidden = !answers.length;
    this.choices.replaceChildren(...rows, this.between);
    this.answers.forEach((list, side) => {
      list.replaceChildren(...answers.map(([value, text]) => el("option", { value, text })));
      list.value = chosen[side];
    });
    if (there) this.refocus(inside, name);
    for (const [line, text] of /** @type {const} */ ([
      [this.formula, formula],
      [this.found, found],
    ])) {
      line.textContent = text;
      line.hidden = !text;
    }
    this.again.follow(busy, (state, value) => this.send(state, value));
  }

  /**
   * The keyboard stays where it was: at the list, or the button of the same name.
   * @param {Element | null} inside
   * @param {string | null | undefined} name
   */
  refocus(inside, name) {
    const list = this.answers.find((one) => one === inside);
    const button = [...this.body.querySelectorAll("button")].find((one) => one.textContent === name);
    (list ?? button)?.focus({ preventScroll: true });
  }

  /**
   * @param {string} text
   * @param {boolean} on
   * @param {() => void} onclick
   */
  button(text, on, onclick) {
    return el("button", { type: "button", class: "soft", "aria-pressed": String(on), text, onclick });
  }

  /** @param {string} key */
  open(key) {
    this.told += 1;
    this.send("pair", { key, n: this.told });
  }

  /** @param {Record<string, string>} words of the link */
  choose(words) {
    this.told += 1;
    this.send("choice", { ...words, told: this.told });
  }

  chooseAnswers() {
    const [a, b] = this.answers.map((list) => list.value);
    this.choose({ answers: a || b ? `${a}.${b}` : "" });
  }
}
