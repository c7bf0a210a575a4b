// One number, worked out: the formula, its operands with the largest first, what comes out, and how to check it.

import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { exact } from "../shared/text.js";

/**
 * @typedef {object} Waiting
 * @property {string} title
 * @property {""} formula
 * @property {string} sentence
 */
/**
 * @typedef {object} Worked
 * @property {string} title
 * @property {string} formula
 * @property {string} sentence
 * @property {[label: string, operands: string, product: number][]} terms
 * @property {string} sum what comes out, in words
 * @property {number} difference of what is shown from what was recomputed
 * @property {string} code PyTorch that gives the same number
 */
/** @typedef {Waiting | Worked} Payload */

/** @extends {Card<Payload>} */
export default class WorkedOut extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "");
    this.formula = el("p", { class: "formula mono" });
    this.terms = el("ol", { class: "terms" });
    this.sum = el("p", { class: "sum" });
    this.code = el("pre", { class: "mono", tabindex: 0, "aria-label": "PyTorch that gives the same number" });
    this.copy = el("button", { type: "button", class: "soft", text: "Copy the PyTorch lines" });
    this.copy.onclick = () => this.copyCode();
    const lines = el("summary", { text: "The PyTorch lines" });
    this.fold = el("details", {}, lines, this.code);
    const check = el("div", { class: "check" }, this.fold, this.copy);
    this.body.append(this.formula, this.terms, this.sum, check);
  }

  update() {
    const d = this.data;
    this.name(d.title);
    for (const part of [this.formula, this.terms, this.sum, this.fold, this.copy]) part.hidden = !d.formula;
    this.say(d.sentence);
    if (!("terms" in d)) return;
    this.formula.textContent = d.formula;
    const most = Math.max(...d.terms.map(([, , product]) => Math.abs(product)), 1e-12);
    this.terms.replaceChildren(
      ...d.terms.map(([label, operands, product]) =>
        el(
          "li",
          {},
          el("span", { class: "what", text: label }),
          el("span", { class: "mono", text: operands }),
          el("span", { class: "track" }, bar(Math.abs(product) / most / 2, product < 0 ? "bar minus" : "bar")),
          el("span", { class: "mono product", text: exact(product) }),
        ),
      ),
    );
    this.sum.textContent = d.sum;
    this.sum.dataset.difference = String(d.difference);
    this.code.textContent = d.code;
  }

  async copyCode() {
    try {
      await navigator.clipboard.writeText(this.code.textContent ?? "");
      this.copy.textContent = "Copied";
    } catch {
      this.fold.open = true;
      getSelection()?.selectAllChildren(this.code);
      this.copy.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => {
      this.copy.textContent = "Copy the PyTorch lines";
    }, 2_000);
  }
}
