// One neuron: its numbers, the tokens that it pushes, and the ten places of the model's own text that fire it most.

import { choose, followShare } from "../shared/choosing.js";
import { css, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { Searching, listPassages } from "../shared/passages.js";
import { exact, glyph, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} neuron from 0; -1: none
 * @property {number} layer
 * @property {[kind: string, name: string, number: number][]} numbers
 * @property {[token: string, push: number][]} up
 * @property {[token: string, push: number][]} down
 * @property {string[]} tokens the prompt's
 * @property {number[]} here what comes out of it at each of them
 * @property {number} at the one that is looked at
 * @property {string} read how the pushes are read
 * @property {number} share how much of the text is searched
 * @property {[tokens: string[], at: number, value: number][]} places
 * @property {string} found what was found, or why nothing
 * @property {string} sentence
 */

/** @extends {Card<Payload>} */
export default class Fires extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "One neuron", "run");
    this.numbers = el("div", { class: "row", role: "group", "aria-label": "Its numbers here" });
    this.up = el("div", { class: "row", role: "group", "aria-label": "Tokens that it pushes up" });
    this.down = el("div", { class: "row", role: "group", "aria-label": "Tokens that it pushes down" });
    this.strip = el("p", { class: "mono strip", tabindex: 0, "aria-label": "Where it fires in the prompt" });
    this.read = el("p", { class: "read" });
    this.found = el("p", { class: "found" });
    this.searching = new Searching();
    this.list = el("ol", { class: "places", tabindex: 0, "aria-label": "The places that fire it most" });
    const pushes = el("div", { class: "pushes" }, el("span", { text: "up" }), this.up, el("span", { text: "down" }));
    pushes.append(this.down);
    this.body.append(this.numbers, this.strip, pushes, this.read, this.found, this.searching.line, this.list);
  }

  update() {
    const { neuron, layer, numbers, up, down, read, share, places, found, sentence } = this.data;
    this.name(neuron < 0 ? "One neuron" : `Neuron ${neuron + 1} of layer ${layer + 1}`);
    this.say(sentence);
    this.blank(neuron < 0);
    this.numbers.replaceChildren(
      ...numbers.map(([kind, name, number]) =>
        el("button", {
          type: "button",
          class: "soft",
          "data-kind": kind,
          text: `${name} ${exact(number)}`,
          onclick: () => choose(this, { number: kind, neuron: String(neuron + 1) }),
        }),
      ),
    );
    this.up.replaceChildren(...up.map((one) => this.chip(...one)));
    this.down.replaceChildren(...down.map((one) => this.chip(...one)));
    this.strip.style.setProperty("--teal", css(this.root, "--st-chart-categorical-colors").split(",")[4]);
    this.strip.replaceChildren(...this.shaded());
    this.read.textContent = read;
    this.found.textContent = found;
    this.searching.show(share);
    this.card.dataset.share = String(share);
    listPassages(
      this.list,
      places.map(([tokens, at, value]) => ({ tokens, at, others: [], value: value.toFixed(2) })),
    );
    if (neuron >= 0) followShare(this, share);
  }

  /** The prompt, each token as dark as the neuron fires there. */
  shaded() {
    const { tokens, here, at } = this.data;
    const most = Math.max(...here, 1e-9);
    return tokens.map((token, i) => {
      const chip = el("span", { class: i === at ? "looking" : null, text: glyph(token) });
      chip.title = `token ${i + 1}: ${exact(here[i])}`;
      chip.style.setProperty("--fires", Math.max(0, (100 * here[i]) / most) + "%");
      return chip;
    });
  }

  /**
   * @param {string} token
   * @param {number} push
   */
  chip(token, push) {
    return el("button", {
      type: "button",
      class: "soft",
      "data-push": push,
      "aria-label": `${spoken(token)} ${exact(push)}: its sum`,
      text: `${glyph(token)} ${push < 0 ? "" : "+"}${push.toFixed(2)}`,
      onclick: () => choose(this, { number: "push", push: token, neuron: String(this.data.neuron + 1) }),
    });
  }
}
