// Inside one part of the whole model: the way back up, step by step, and the page that is about the part.

import { bus, move } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { pageLink } from "../shared/pagelink.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {[title: string, to: string][]} crumbs from the model down to what is looked at
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
      ...crumbs.map(([title, to], i) => {
        const here = el("span", { text: title, "aria-current": "step" });
        const back = el("button", { type: "button", class: "soft", text: title, onclick: () => this.go(to) });
        return el("li", {}, i === last ? here : back);
      }),
    );
    this.way.replaceChildren(pageLink(page, "Open the page about it"));
  }

  /** One level up. */
  up() {
    const { crumbs } = this.data;
    this.go(crumbs[crumbs.length - 2]?.[1] ?? "");
  }

  /** @param {string} to "" up to the whole model */
  go(to) {
    if (bus.view.cell) move({ cell: null });
    if (!to) this.send("choice", { dive: "" });
  }
}
