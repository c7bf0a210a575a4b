// What the pictures of lessons have in common: a card only where they have a title, a line that tells the number one
// looks at, and their files.

import { el } from "./dom.js";
import { saveCsv } from "./files.js";
import { Card } from "./panel.js";
import { savePng } from "./png.js";

/** @typedef {{ title: string, note: string, alt: string, file: string, height: number }} Told */

const HELP = "Point at it, or move by arrow keys, to read its numbers.";

/**
 * @template {Told} Data
 * @extends {Card<Data>}
 */
export class Picture extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Picture");
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.foot = el(
      "div",
      { class: "foot" },
      this.readout,
      this.button("PNG", "Save this picture as a PNG", () => this.png()),
      this.button("CSV", "Save the numbers of this picture as CSV", () => this.csv()),
    );
    this.body.append(this.foot);
  }

  /**
   * @param {string} text
   * @param {string} title
   * @param {() => void} onclick
   */
  button(text, title, onclick) {
    return el("button", { type: "button", class: "soft", text, title, "aria-label": title, onclick });
  }

  frame() {
    return this.body;
  }

  update() {
    const { title, note } = this.data;
    this.name(title || "Picture");
    this.card.classList.toggle("bare", !title);
    this.top.hidden = !title;
    this.say(note);
    this.tell("");
  }

  /** @param {string} words of the number one looks at; none: how to look at one */
  tell(words) {
    const text = words || HELP;
    if (this.readout.textContent !== text) this.readout.textContent = text;
    this.readout.classList.toggle("help", !words);
  }

  /**
   * What is drawn, with the names of its parts.
   * @returns {[canvas: HTMLCanvasElement, name: string][]}
   */
  parts() {
    return [];
  }

  /**
   * All its numbers, the names of the columns first.
   * @returns {import("./files.js").Field[][]}
   */
  rows() {
    return [];
  }

  png() {
    const parts = this.parts();
    const [canvases, names] = [parts.map(([canvas]) => canvas), parts.map(([, name]) => name)];
    savePng(this.root, canvases, names, `${this.data.file}.png`);
  }

  csv() {
    saveCsv(this.rows(), `${this.data.file}.csv`);
  }
}
