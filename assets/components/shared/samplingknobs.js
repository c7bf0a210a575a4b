// All knobs of the next token: five sliders, greedy and the seed.

import { el } from "./dom.js";
import { slider } from "./knobs.js";

/** @typedef {Required<import("./pipeline.js").Settings> & { seed: number }} Settings */
/** @typedef {"temperature" | "top_k" | "top_p" | "min_p" | "repetition_penalty"} Knob */

const LARGE = 300; // of more tokens, top-k's slider goes by tenfolds
const STOPS = 1000;
/** @type {[Knob, string, [number, number, number]][]} */
const KNOBS = [
  ["repetition_penalty", "Repetition penalty", [0.5, 3, 0.05]],
  ["temperature", "Temperature", [0.05, 5, 0.05]],
  ["top_k", "Top-k", [1, 1, 1]],
  ["top_p", "Top-p", [0, 1, 0.01]],
  ["min_p", "Min-p", [0, 1, 0.005]],
];

/**
 * Where top-k's slider stands; as a setting 0 keeps all.
 * @param {number} k
 * @param {number} V
 */
export const toStop = (k, V) => {
  const kept = Math.min(k || V, V);
  return V > LARGE ? Math.round((STOPS * Math.log(kept)) / Math.log(V)) : kept;
};

/**
 * And back.
 * @param {number} stop
 * @param {number} V
 */
export const fromStop = (stop, V) => {
  const k = V > LARGE ? Math.round(V ** (stop / STOPS)) : stop;
  return k >= V ? 0 : Math.max(1, k);
};

/**
 * The knobs; what they change is `settings` itself.
 * @param {Settings} settings
 * @param {number} V
 * @param {{ moved: () => void, settled: () => void }} tell while one is dragged, and once it is let go
 */
export function samplingKnobs(settings, V, { moved, settled }) {
  const sliders = KNOBS.map(([name, label, range]) => {
    const k = name === "top_k";
    // A link may lie beyond the slider or between its stops: what counts is the setting, until someone moves the knob.
    return slider(label, name, k ? [V > LARGE ? 0 : 1, V > LARGE ? STOPS : V, 1] : range, {
      at: k ? toStop(settings.top_k, V) : settings[name],
      words: () => String(k ? settings.top_k || "all" : +settings[name].toFixed(3)),
      moved: (value) => {
        settings[name] = k ? fromStop(value, V) : value;
        moved();
      },
      settled,
    });
  });
  const greedy = el("input", { type: "checkbox", "data-knob": "greedy" });
  greedy.checked = settings.greedy;
  greedy.onchange = () => {
    settings.greedy = greedy.checked;
    moved();
    settled();
  };
  const asked = { type: "text", inputmode: "numeric", size: 8, "data-knob": "seed", "aria-label": "Seed" };
  const seed = el("input", { ...asked, value: settings.seed });
  seed.onchange = () => {
    if (/^\d{1,10}$/.test(seed.value) && +seed.value < 2 ** 32) settings.seed = +seed.value; // torch knows 32 bits
    seed.value = String(settings.seed);
    settled();
  };
  const check = (/** @type {(Node | string)[]} */ ...parts) => el("label", { class: "check" }, ...parts);
  return [...sliders, el("div", { class: "both" }, check(greedy, "Greedy"), check("Seed", seed))];
}
