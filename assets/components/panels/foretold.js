// Cheap guesses beside the truth: a point a part, one guess at a time. A click on a point shows its part in the grid.

import { tell } from "../shared/bus.js";
import { clamp, el } from "../shared/dom.js";
import { Charted } from "./chart.js";

/** @typedef {import("./chart.js").Payload & Own} Payload */
/**
 * @typedef {object} Own
 * @property {number} N parts
 * @property {string[]} parts their names (N,)
 * @property {number[]} truth what is lost of each (N,)
 * @property {[name: string, score: string, values: number[]][]} guesses
 * @property {number} best the guess that ranks best; -1: none is there
 * @property {string} kind of part
 */

const NAMED = 3; // points with their names

/**
 * The points of one guess; those of what is lost most have their names.
 * @param {Own} payload
 * @param {number} chosen
 * @returns {import("./chart.js").Series[]}
 */
export function pointsOf({ parts, truth, guesses }, chosen) {
  if (!guesses[chosen]) return [];
  const [name, , x] = guesses[chosen];
  const order = truth.map((_, i) => i).sort((a, b) => Math.abs(truth[b]) - Math.abs(truth[a]));
  const largest = new Set(order.slice(0, NAMED));
  const labels = parts.map((part, i) => (largest.has(i) ? part : ""));
  return [{ name, x, y: truth, kind: "points", colour: 0, dash: 0, labels }];
}

/** @extends {Charted<Payload>} */
export default class Foretold extends Charted {
  constructor(/** @type {ShadowRoot} */ root) {
    super(root);
    this.offered = el("div", { class: "row offered", role: "group", "aria-label": "Guess" });
    this.body.prepend(this.offered);
    this.wanted = ""; // the guess that was clicked; none: the best
  }

  /** What it is sent. */
  get own() {
    return this.data;
  }

  update() {
    const { guesses, best } = this.own;
    const wanted = guesses.findIndex(([name]) => name === this.wanted);
    const chosen = wanted < 0 ? best : wanted;
    const series = pointsOf(this.own, chosen);
    const title = guesses[chosen] ? `guess: ${guesses[chosen][0]}` : "guess";
    this.data = /** @type {Payload} */ ({ ...this.own, series, x: { ...this.own.x, title } });
    super.update();
    this.offered.replaceChildren(
      ...guesses.map(([name, score], i) =>
        el("button", {
          type: "button",
          class: "soft",
          text: `${name} ${score}`,
          "aria-pressed": String(i === chosen),
          onclick: () => this.pick(name, i),
        }),
      ),
    );
  }

  /**
   * @param {string} name
   * @param {number} i
   */
  pick(name, i) {
    this.wanted = name;
    [this.at, this.held] = [null, null];
    this.update();
    this.draw();
    /** @type {HTMLElement} */ (this.offered.children[i]).focus();
  }

  /** @param {import("./chart.js").At | null} at */
  hold(at) {
    super.hold(at);
    if (this.held) tell("part", { of: this.own.kind, i: this.held[1] });
  }

  /** @param {string} words */
  tell(words) {
    const at = this.at ?? this.held;
    const part = at && this.own.parts[clamp(at[1], 0, this.own.parts.length - 1)];
    super.tell(words && part && !words.startsWith(part) ? `${part}: ${words.replace(/^[^:]*: /, "")}` : words);
  }
}
