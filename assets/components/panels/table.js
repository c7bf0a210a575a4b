// A small table of words, whose cells wrap. Nothing in it is anything but text.

import { el } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";

/** @typedef {{ names: string[], rows: string[][] }} Payload the columns' names, and a row's cells under them */

/** @extends {Panel<Payload>} */
export default class Table extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.head = el("tr");
    this.lines = el("tbody");
    root.append(el("table", {}, el("thead", {}, this.head), this.lines));
  }

  update() {
    const { names, rows } = this.data;
    this.head.replaceChildren(...names.map((text) => el("th", { scope: "col", text })));
    this.lines.replaceChildren(...rows.map((row) => el("tr", {}, ...row.map((text) => el("td", { text })))));
  }
}
