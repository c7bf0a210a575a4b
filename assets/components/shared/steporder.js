// The order of the steps from logits to probabilities, as a row of buttons: each goes one place further to the right.

import { USUAL } from "./pipeline.js";
import { el } from "./dom.js";

/** @param {string} order @param {number} place */
export function swapped(order, place) {
  const steps = order.split(".");
  [steps[place], steps[place + 1]] = [steps[place + 1], steps[place]];
  return steps.join(".");
}

/**
 * Between every two steps a button that swaps them.
 * @param {string} order
 * @param {(order: string) => void} chosen
 */
export function stepOrder(order, chosen) {
  const steps = order.split(".");
  const parts = steps.flatMap((step, i) => {
    const name = el("span", { class: "step", text: step });
    if (i + 1 === steps.length) return [name];
    const label = `Swap ${step} and ${steps[i + 1]}`;
    const onclick = () => chosen(swapped(order, i));
    return [
      name,
      el("button", { type: "button", class: "swap", text: "⇄", title: label, "aria-label": label, onclick }),
    ];
  });
  const back = el("button", { type: "button", class: "soft", text: "Usual order", onclick: () => chosen(USUAL) });
  back.disabled = order === USUAL;
  const all = el("span", { class: "steps-row", role: "group", "aria-label": "Order of the steps" }, ...parts);
  return [el("span", { text: "logits →" }), all, el("span", { text: "→ renormalise" }), back];
}
