// Inside one part of the whole model: the way back up, step by step, and the page that is about the part.

import { bus, move } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { pageLink } from "../shared/pagelink.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {[title: string, choice: Record<string, string>][]} crumbs from the model down, each with what
 *   Python is told to go there
 * @property {string} page the path of the page about the part
 * @property {string} sentence
 */

/** @extends {Card<Payload>} */
export default class Dive extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Inside", "line");
    this.trail = el("ol", { class: "trail" });
    this.way = el("span", { class: "way" });
    this.body.append(el("nav", { "aria-label": "The way back up" }, this.trail), this.way);
    this.escape = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") this.up();
    };
    this.card.addEventListener("keydown", this.escape);
  }

  update() {
    const { crumbs, page, sentence } = this.data;
    this.say(sentence);
    const last = crumbs.length - 1;
    this.trail.replaceChildren(
      ...crumbs.map(([title], i) => {
        const here = el("span", { text: title, "aria-current": "step" });
        const back = el("button", { type: "button", class: "soft", text: title, onclick: () => this.go(i) });
        return el("li", {}, i === last ? here : back);
      }),
    );
    this.way.replaceChildren(pageLink(page, "Open the page about it"));
  }

  /** One level up. */
  up() {
    this.go(Math.max(0, this.data.crumbs.length - 2));
  }

  /** @param {number} level 0: up to the whole model */
  go(level) {
    if (bus.view.cell) move({ cell: null });
    this.send("choice", this.data.crumbs[level][1]);
  }
}
