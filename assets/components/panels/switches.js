// Take the mechanism apart, one switch at a time, and see what changes in the model that is running.

import { move } from "../shared/bus.js";
import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} title
 * @property {string} told the page's own choice that they are; "": the switches that all pages share
 * @property {[name: string, title: string, sentence: string][]} switches that this model has
 * @property {string[]} on what runs: of two that contradict each other, Python takes the one turned last
 * @property {[what: string, value: string][]} facts
 * @property {[title: string, bars: [token: string, share: number][]][]} tops likeliest next tokens
 * @property {string} sentence
 */

/** @extends {Card<Payload>} */
export default class Switches extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What if?", "run");
    this.list = el("div", { class: "switches", role: "group", "aria-label": "Switches" });
    this.facts = el("dl", { class: "facts" });
    this.tops = el("div", { class: "tops" });
    this.words = el("ul", { class: "words" });
    const more = el("summary", { text: "Each switch in words, and what comes next" });
    this.body.append(this.list, this.facts, el("details", {}, more, this.words, this.tops));
  }

  update() {
    const { switches, on, facts, tops, sentence } = this.data;
    this.name(this.data.title);
    this.say(sentence);
    const turned = new Set(on);
    this.list.replaceChildren(
      ...switches.map(([name, title, words]) => {
        const box = el("input", { type: "checkbox", "data-switch": name });
        box.checked = turned.has(name);
        box.onchange = () => {
          if (box.checked) turned.add(name);
          else turned.delete(name);
          this.turn([...turned]);
        };
        return el("label", { title: words }, box, short(title));
      }),
    );
    this.words.replaceChildren(
      ...switches.map(([, title, words]) => el("li", {}, el("strong", { text: title }), " " + words)),
    );
    this.facts.replaceChildren(
      ...facts.map(([what, value]) => el("div", {}, el("dt", { text: what }), el("dd", { text: value }))),
    );
    const most = Math.max(...tops.flatMap(([, bars]) => bars.map(([, share]) => share)), 1e-9);
    this.tops.replaceChildren(
      ...tops.map(([title, bars]) =>
        el("div", {}, el("h4", { text: title }), el("ol", {}, ...bars.map((one) => candidate(...one, most)))),
      ),
    );
    this.card.dataset.on = on.join(" ");
  }

  /** @param {string[]} names */
  turn(names) {
    const { told } = this.data;
    if (told) this.send("choice", { [told]: names.join(".") });
    else move({ switches: names });
  }
}

/** A switch's title as a label. @param {string} title */
const short = (title) => title.replace(/\.$/, "");

/**
 * @param {string} token
 * @param {number} share
 * @param {number} most the share of the longest bar
 */
const candidate = (token, share, most) =>
  el(
    "li",
    {},
    el("span", { class: "mono name", text: glyph(token), "aria-label": spoken(token) }),
    el("span", { class: "track" }, bar(share / most)),
    el("span", { class: "share", text: percent(share) }),
  );
