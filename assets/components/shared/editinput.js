// One field of the form that adds an edit: a list, or a box for a number, with what is wrong beside it.

import { el } from "./dom.js";

/** @typedef {import("./editfields.js").Field} Field */
/**
 * @typedef {object} Doing
 * @property {(word: string) => void} chosen from the list
 * @property {(word: string) => string} typed into the box; what is wrong with it, or nothing
 * @property {() => void} enter by the Enter key
 */

/**
 * @param {Field} field
 * @param {string} value
 * @param {Doing} doing
 */
export function inputOf({ name, label, options, problem }, value, { chosen, typed, enter }) {
  const told = el("span", { class: "problem", role: "status", text: problem });
  if (options) {
    const list = el("select", { "data-field": name, disabled: !options.length });
    list.append(...options.map(([word, text]) => el("option", { value: word, text })));
    list.value = value;
    list.onchange = () => chosen(list.value);
    return el("label", {}, label, list, told);
  }
  const box = el("input", { type: "number", step: "any", "data-field": name, value, "aria-invalid": Boolean(problem) });
  box.oninput = () => {
    told.textContent = typed(box.value);
    box.setAttribute("aria-invalid", String(Boolean(told.textContent)));
  };
  box.onkeydown = (event) => event.key === "Enter" && enter();
  return el("label", {}, label, box, told);
}
