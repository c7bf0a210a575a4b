// Two small tables of numbers: what should come out, and what came out, with every number marked that differs.

import { el } from "./dom.js";

/**
 * @typedef {object} Numbers
 * @property {string[]} columns
 * @property {string[]} rows
 * @property {string[][]} truth
 * @property {string[][]} yours none: nothing came out
 */

/**
 * The tables, or a sentence for the one that is not there.
 * @param {Numbers} numbers
 */
export function besideTruth(numbers) {
  const { truth, yours } = numbers;
  const none = el("p", { class: "none", text: "Yours: no numbers yet, for nothing is returned." });
  return [table(numbers, "The class, by PyTorch", truth), yours.length ? table(numbers, "Yours", yours) : none];
}

/**
 * One table; what has another shape than the truth has other names, too.
 * @param {Numbers} numbers
 * @param {string} name
 * @param {string[][]} values
 */
function table({ columns, rows, truth }, name, values) {
  const alike = values.length === truth.length && values[0]?.length === truth[0]?.length;
  const across = alike ? columns : (values[0] ?? []).map((_, i) => String(i + 1));
  const lines = values.map((row, t) => {
    const cells = row.map((text, i) => {
      const off = alike && text !== truth[t][i];
      return el("td", { class: off ? "off" : "", text: off ? `≠ ${text}` : text });
    });
    return el("tr", {}, el("th", { scope: "row", text: alike ? rows[t] : `row ${t + 1}` }), ...cells);
  });
  const top = el("tr", {}, el("td"), ...across.map((text) => el("th", { scope: "col", text })));
  return el("table", {}, el("caption", { text: name }), el("thead", {}, top), el("tbody", {}, ...lines));
}
