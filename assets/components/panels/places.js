// Places told in another way: one switch, what it costs on this prompt, and what each way does to the vectors.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {[name: string, title: string, sentence: string][]} schemes
 * @property {string} chosen
 * @property {[what: string, value: string][]} facts
 * @property {[title: string, numbers: readonly string[]][]} ideas
 * @property {string} sentence
 * @property {string} waves
 */

const HEADS = [
  ["longest", "The longest position vector, over a token vector's mean length"],
  ["a step", "The distance of neighbouring places, over the mean distance of two tokens"],
  ["tokens alike", "The mean cosine of two different tokens' inputs at the last place"],
  ["one more key", "How far the same places' vectors move when one more token is typed, over a token's length"],
  ["behind a norm", "How much a layer norm's output changes by the position: 0 means that it is lost"],
];

/** @extends {Card<Payload>} */
export default class Places extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Break it: other positions", "run");
    this.list = el("div", { class: "row", role: "group", "aria-label": "How places are told" });
    this.facts = el("dl", { class: "facts" });
    const heads = HEADS.map(([text, title]) => el("th", { scope: "col", text, title }));
    this.rows = el("tbody");
    const table = el("table", {}, el("thead", {}, el("tr", {}, el("td"), ...heads)), this.rows);
    this.words = el("ul", { class: "words" });
    HEADS.forEach(([text, title]) => this.words.append(el("li", {}, el("strong", { text: `${text}: ` }), title + ".")));
    this.waves = el("p", { class: "waves" });
    this.body.append(this.list, this.facts, table, this.waves);
    this.body.append(el("details", {}, el("summary", { text: "The columns in words" }), this.words));
  }

  update() {
    const { schemes, chosen, facts, ideas, sentence, waves } = this.data;
    this.say(sentence);
    this.list.replaceChildren(
      ...schemes.map(([name, title, words]) =>
        el("button", {
          type: "button",
          class: "soft",
          "data-scheme": name,
          "aria-pressed": String(name === chosen),
          text: title,
          title: words,
          onclick: () => this.send("choice", { places: name }),
        }),
      ),
    );
    this.facts.replaceChildren(
      ...facts.map(([what, value]) => el("div", {}, el("dt", { text: what }), el("dd", { text: value }))),
    );
    this.rows.replaceChildren(
      ...ideas.map(([title, numbers]) =>
        el("tr", {}, el("th", { scope: "row", text: title }), ...numbers.map((text) => el("td", { text }))),
      ),
    );
    this.waves.textContent = waves;
  }
}
