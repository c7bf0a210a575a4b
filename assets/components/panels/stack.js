// The bar of a stack of edits: above the board of every page that shows a model, as long as anything in it is edited.

import { el } from "../shared/dom.js";
import { pageLink } from "../shared/pagelink.js";
import { Panel } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {string} title how many edits there are
 * @property {boolean} active whether any line is switched on
 * @property {string[]} said lines that are made here, the first of them
 * @property {number} more made besides those
 * @property {[line: string, why: string][]} left what could not be made here
 * @property {string} trained what of the page shows the model as it was trained
 * @property {string} now the stack in words of the link
 * @property {string} off with all lines switched off
 * @property {string} on and switched on
 * @property {string} cleared the stack that was taken away
 */

/** @extends {Panel<Payload>} */
export default class Stack extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.title = el("strong", { role: "status" });
    this.said = el("span", { class: "said" });
    this.trained = el("p");
    this.left = el("ul", { class: "left", "aria-label": "Left out here" });
    this.box = el("input", { type: "checkbox", onchange: () => this.turn(this.box.checked) });
    this.all = el("label", { class: "all" }, this.box, "On");
    this.clear = el("button", { type: "button", text: "Clear", onclick: () => this.tell("") });
    this.undo = el("button", { type: "button", text: "Undo", onclick: () => this.tell(this.data.cleared) });
    this.close = el("button", { type: "button", text: "Close", onclick: () => this.tell("") });
    const page = pageLink("edits", "Edits");
    const words = el("div", { class: "words" }, this.title, " ", this.said, this.left, this.trained);
    const tools = el("div", { class: "tools" }, this.all, this.clear, this.undo, this.close, page);
    this.bar = el("section", { class: "stack", "aria-label": "Edits of the model" }, words, tools);
    root.append(this.bar);
    /** Which lines were on before all were switched off. @type {Map<string, string>} */
    this.before = new Map();
  }

  update() {
    const { title, active, said, more, left, trained, cleared } = this.data;
    if (this.title.textContent !== title) this.title.textContent = title;
    this.said.textContent = sentence(said, more);
    this.left.replaceChildren(...left.map(([line, why]) => el("li", { text: `Left out here: ${line}. ${why}` })));
    this.trained.textContent = trained;
    this.left.hidden = !left.length;
    this.box.checked = active;
    this.bar.classList.toggle("active", active);
    for (const one of [this.all, this.clear]) one.hidden = Boolean(cleared);
    for (const one of [this.undo, this.close]) one.hidden = !cleared;
  }

  /**
   * All lines off, or those on again that were.
   * @param {boolean} on
   */
  turn(on) {
    const { now, off, on: all } = this.data;
    if (!on) this.before.set(off, now);
    this.tell(on ? (this.before.get(off) ?? all) : off);
  }

  /** @param {string} edits */
  tell(edits) {
    this.send("choice", { edits });
  }
}

/**
 * What is edited, in one sentence.
 * @param {string[]} said
 * @param {number} more
 */
export const sentence = (said, more) => (said.length ? said.join("; ") + (more ? `; and ${more} more.` : ".") : "");
