// Hints that are told one after the other, and the answer for whoever asks for it.

import { el } from "./dom.js";
import { told } from "./lineplaces.js";

/**
 * A button of a few words; `name` tells more to whoever hears them.
 * @param {string} text
 * @param {() => void} onclick
 * @param {string} [name]
 */
export const soft = (text, onclick, name) =>
  el("button", { type: "button", class: "soft", text, onclick, "aria-label": name ?? null });

/**
 * A sentence whose code, between backticks, is set as code.
 * @param {string} text
 */
export const worded = (text) =>
  text.split("`").map((part, i) => (i % 2 ? el("code", { class: "mono", text: part }) : part));

export class HintList {
  /** @param {() => void} use puts the answer in place */
  constructor(use) {
    this.steps = 0; // that were told
    this.open = false; // whether the answer is shown
    /** @type {readonly [at: number, why: string][]} */
    this.hints = [];
    this.text = "";
    this.idle = true;
    this.more = soft("", () => this.next());
    this.reveal = soft("", () => this.toggle());
    this.use = soft("Put these lines in place", use);
    this.list = el("ul", { class: "hints", "aria-live": "polite" });
    this.answer = el("pre", { class: "mono answer", tabindex: 0, "aria-label": "The answer" });
    this.elements = [el("div", { class: "row" }, this.more, this.reveal, this.use), this.list, this.answer];
  }

  /**
   * Other hints.
   * @param {readonly [at: number, why: string][]} hints
   * @param {string} answer
   * @param {boolean} idle whether they are of the lines that are shown
   */
  show(hints, answer, idle) {
    this.hints = hints;
    this.text = answer;
    this.idle = idle;
    this.draw();
  }

  next() {
    this.steps += 1;
    this.draw();
  }

  toggle() {
    this.open = !this.open;
    this.draw();
  }

  draw() {
    this.steps = Math.min(this.steps, 2 * this.hints.length);
    this.more.textContent = this.steps ? "Tell me more" : "Give me a hint";
    this.more.disabled = this.steps === 2 * this.hints.length || !this.idle;
    this.list.replaceChildren(...told(this.hints, this.steps).map((text) => el("li", {}, ...worded(text))));
    this.reveal.textContent = this.open ? "Hide the answer" : "Show the answer";
    this.reveal.setAttribute("aria-expanded", String(this.open));
    this.answer.hidden = this.use.hidden = !this.open;
    this.answer.textContent = this.open ? this.text : "";
  }
}
