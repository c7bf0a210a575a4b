// Eight continuations of the same text under each of two settings, by the same eight seeds: what is luck, what is not.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} n the number of the newest wish for the tree that Python heard
 * @property {boolean} on
 * @property {string} key of the text
 * @property {boolean} ready whether there is something to continue
 * @property {string} other the second setting
 * @property {string[]} others of which one may be chosen
 * @property {number} seed
 * @property {number} tokens of each
 * @property {{ title: string, rows: [text: string, nats: number, distinct: number | null][] }[]} sets
 */

/** @param {string} text its lines in one, nothing in it unseen but spaces */
const inOneLine = (text) => text.split(" ").map(glyph).join(" ");

/** @extends {Card<Payload>} */
export default class Eight extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Eight ways on, under two settings");
    const toggle = () => this.send("choice", { eight: this.data.on ? "" : this.data.key });
    this.toggle = el("button", { type: "button", class: "soft", onclick: toggle });
    this.other = el("select", { "aria-label": "The second setting" });
    this.other.onchange = () => this.send("choice", { against: this.other.value });
    const field = el("label", {}, el("span", { text: "second setting " }), this.other);
    this.sets = el("div", { class: "sets" });
    this.body.append(el("div", { class: "row" }, this.toggle, field), this.sets);
    this.asked = 0;
  }

  update() {
    const { n, on, other, others, sets, tokens } = this.data;
    this.asked = Math.max(this.asked, n);
    if (this.other.children.length !== others.length) {
      this.other.replaceChildren(...others.map((name) => el("option", { value: name, text: name })));
    }
    this.other.value = other;
    this.toggle.textContent = on ? "Put away" : "Write eight under each";
    this.toggle.setAttribute("aria-pressed", String(on));
    this.sets.replaceChildren(...sets.map((set, s) => this.set(set, s, tokens)));
    this.card.dataset.sets = String(sets.length);
  }

  draw() {
    const { on, ready, seed, tokens, sets } = this.data;
    this.toggle.disabled = !ready;
    if (!ready) return this.say("Type at least one character that the model knows: then it can go on.");
    const how = `${tokens} tokens each, by the seeds ${seed} to ${seed + 7}`;
    if (!on || !sets.length) return this.say(`What the knobs would write from here, beside another setting: ${how}.`);
    const means = sets.map(({ title, rows }) => {
      const bits = rows.reduce((sum, [, nats]) => sum + nats, 0) / rows.length / tokens / Math.LN2;
      const different = rows.reduce((sum, [, , distinct]) => sum + (distinct ?? 0), 0) / rows.length;
      return `${title}: ${short(bits, 3)} bits a token, ${percent(different)} of its pieces of 4 tokens different`;
    });
    this.say(`${how}. On average, ${means.join("; ")}. Choose one to make it a branch.`);
  }

  /**
   * @param {Payload["sets"][number]} set
   * @param {number} s
   * @param {number} tokens
   */
  set({ title, rows }, s, tokens) {
    const items = rows.map(([text, nats, distinct], which) => {
      const bits = (nats / tokens / Math.LN2).toFixed(2);
      const told = `${bits} bits a token, ${distinct === null ? "–" : percent(distinct)} different`;
      const plant = () => {
        this.asked = Math.max(this.asked, this.data.n) + 1;
        this.send("grow", { n: this.asked, what: "plant", set: s ? "other" : "knobs", which });
      };
      const words = el("span", { class: "mono", text: inOneLine(text) });
      const button = el("button", { type: "button", title: told, onclick: plant }, words);
      return el("li", {}, button, el("span", { class: "share", text: bits, title: told }));
    });
    const list = el("ol", { "aria-label": title }, ...items);
    return el("div", {}, el("h4", { text: title }), list);
  }
}
