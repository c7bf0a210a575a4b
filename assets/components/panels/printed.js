// What a tutorial prints above what comes out here, in letters of one width: digit stands below digit, and those that
// differ are underlined.

import { el } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";

/** @typedef {[string, boolean][]} Parts pieces of a text, and whether the other one has something else there */
/**
 * @typedef {object} Row
 * @property {string} what it is
 * @property {string} verdict
 * @property {boolean} same
 * @property {Parts} printed
 * @property {Parts} ours
 */
/**
 * @typedef {object} Payload
 * @property {Row[]} rows
 */

/** @extends {Panel<Payload>} */
export default class Printed extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.list = el("ul", { "aria-label": "Printed, and computed here" });
    root.append(this.list);
  }

  update() {
    this.list.replaceChildren(...this.data.rows.map(item));
  }
}

/** @param {Row} row */
function item(row) {
  const mark = el("span", { class: "mark", "aria-hidden": "true", text: row.same ? "=" : "≠" });
  const verdict = el("span", { class: "verdict" }, mark, " " + row.verdict);
  const two = row.same ? [line("printed = here", row.printed)] : [line("printed", row.printed), line("here", row.ours)];
  return el(
    "li",
    { "data-same": String(row.same) },
    el("p", {}, el("span", { class: "what", text: row.what }), " ", verdict),
    ...two,
  );
}

/**
 * One of the two.
 * @param {string} name
 * @param {Parts} parts
 */
function line(name, parts) {
  const pieces = parts.map(([text, differs]) => (differs ? el("mark", { text }) : text));
  return el("p", { class: "line" }, el("span", { class: "name", text: name }), el("code", {}, ...pieces));
}
