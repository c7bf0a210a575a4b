// Find: type a token, and see which neurons and heads of all layers push its logit most at this place.

import { move } from "../shared/bus.js";
import { choose } from "../shared/choosing.js";
import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { exact, glyph, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} toward what was asked for; "": the predicted token
 * @property {string} token whose logit it is
 * @property {number} layer
 * @property {number} neuron the chosen one
 * @property {string[]} predicted likeliest tokens, to choose from
 * @property {[layer: number, neuron: number, activation: number, effect: number][]} neurons the largest effect first
 * @property {[layer: number, head: number, effect: number][]} heads
 * @property {string} sentence
 */

const PAUSE = 350; // milliseconds after a key

/** @param {number} x */
export const signed = (x) => (x < 0 ? "" : "+") + exact(x);

/** @extends {Card<Payload>} */
export default class Pushers extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Who pushes this token?", "run");
    this.find = el("input", {
      type: "search",
      placeholder: "Find: a token",
      "aria-label": "A token: who pushes it most here?",
      maxlength: 40,
      autocomplete: "off",
      oninput: () => this.ask(),
    });
    this.chips = el("div", { class: "row", role: "group", "aria-label": "The likeliest next tokens" });
    this.neurons = el("ol", { class: "list", "aria-label": "Neurons, the largest effect first" });
    this.heads = el("ol", { class: "list", "aria-label": "Heads, the largest effect first" });
    this.neuronsTitle = el("h4", { text: "Neurons" });
    this.headsTitle = el("h4", { text: "Heads" });
    const search = el("div", { class: "search" }, this.find, this.chips);
    this.body.append(search, this.neuronsTitle, this.neurons, this.headsTitle, this.heads);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  leave() {
    clearTimeout(this.timer);
  }

  ask() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => choose(this, { toward: this.find.value }), PAUSE);
  }

  update() {
    const { toward, token, predicted, neurons, heads, sentence } = this.data;
    this.say(sentence);
    this.blank(!neurons.length);
    if (this.root.activeElement !== this.find) this.find.value = glyph(toward);
    this.card.dataset.token = token;
    this.chips.replaceChildren(
      ...predicted.map((one) =>
        el("button", {
          type: "button",
          class: "soft mono",
          text: glyph(one),
          "aria-label": `${spoken(one)}: who pushes it?`,
          "aria-pressed": String(one === token),
          onclick: () => choose(this, { toward: one }),
        }),
      ),
    );
    const most = Math.max(...neurons.map(([, , , x]) => Math.abs(x)), ...heads.map(([, , x]) => Math.abs(x)), 1e-9);
    this.neurons.replaceChildren(
      ...neurons.map(([layer, n, activation, effect]) => {
        const chosen = layer === this.data.layer && n === this.data.neuron;
        const show = () => {
          move({ layer });
          choose(this, { neuron: String(n + 1), number: "effect" });
        };
        return row(`${layer + 1} · ${n + 1}`, `fires ${exact(activation)}`, effect / most, effect, show, chosen);
      }),
    );
    this.heads.replaceChildren(
      ...heads.map(([layer, head, effect]) => {
        const show = () => {
          move({ layer, head });
          choose(this, { number: "head" });
        };
        return row(`${layer + 1} · head ${head + 1}`, "", effect / most, effect, show, false);
      }),
    );
  }
}

/**
 * @param {string} name
 * @param {string} more
 * @param {number} share of the largest
 * @param {number} effect
 * @param {() => void} onclick
 * @param {boolean} chosen
 */
function row(name, more, share, effect, onclick, chosen) {
  const what = name.includes("head") ? name : `neuron ${name}`;
  return el(
    "li",
    {},
    el("button", {
      type: "button",
      class: "soft",
      text: name,
      "aria-label": `Layer ${what}: show it`,
      "aria-pressed": String(chosen),
      onclick,
    }),
    el("span", { class: "more", text: more }),
    el("span", { class: "track" }, bar(Math.abs(share) / 2, effect < 0 ? "bar minus" : "bar")),
    el("span", { class: "mono number", text: signed(effect) }),
  );
}
