// A knob: its label, a slider, and its value in words.

import { el } from "./dom.js";

/**
 * @param {string} label
 * @param {string} name
 * @param {[low: number, high: number, step: number]} range
 * @param {object} knob
 * @param {number} knob.at where it stands
 * @param {() => string} knob.words its value
 * @param {(value: number) => void} knob.moved while it is dragged
 * @param {() => void} knob.settled once it is let go
 */
export function slider(label, name, [min, max, step], { at, words, moved, settled }) {
  const output = el("output", { class: "value", text: words() });
  const input = el("input", { type: "range", min, max, step, "aria-label": label, "data-knob": name });
  input.value = String(at);
  input.oninput = () => {
    moved(+input.value);
    output.textContent = words();
  };
  input.onchange = settled;
  return el("label", {}, el("span", { text: label }), input, output);
}
