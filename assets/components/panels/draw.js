// The draw: all that can be drawn laid end to end, the number u of the shown seed, and the token that it falls on. The
// stretches follow the knobs at once; u, and many draws at a time, come from Python's seeded generator.

import { bus, tell } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { drawStrip } from "../shared/drawstrip.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} V
 * @property {string[]} vocabulary (V,)
 * @property {number} seed
 * @property {number} index of the draw, from 0
 * @property {number} again draws that are passed over
 * @property {number} u
 * @property {number} many draws that are compared; 0: none
 * @property {number[]} offered
 * @property {string} sentence what came of many draws
 */

const LAST = 2 ** 32;

/** @extends {Card<Payload>} */
export default class Draw extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The draw", "run");
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      el("button", { type: "button", class: "soft", text, onclick });
    this.strip = el("canvas", { role: "img" });
    this.again = button("Draw again", () => this.send("choice", { again: String(this.data.again + 1) }));
    this.first = button("First draw", () => this.send("choice", { again: "0" }));
    this.next = button("Next seed", () => this.reseed());
    this.tools = el("div", { class: "row" }, this.again, this.first, this.next);
    this.many = el("span", { class: "row", role: "group", "aria-label": "Many draws at once" });
    this.said = el("p", { class: "said", role: "status" });
    this.body.append(this.strip, this.tools, this.many, this.said);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { pipeline: () => this.draw() };
  }

  /** The seed is the pipeline's knob. */
  reseed() {
    if (this.data.again) this.send("choice", { again: "0" });
    tell("seed", { seed: (this.data.seed + 1) % LAST });
  }

  update() {
    const { many, offered, sentence, again } = this.data;
    const buttons = offered.map((n) => {
      const text = `Draw ${thousands(n)}`;
      const onclick = () => this.send("choice", { many: String(n === this.data.many ? 0 : n) });
      return el("button", { type: "button", class: "soft", text, onclick, "aria-pressed": String(n === many) });
    });
    // What has the keyboard's focus stays: only its state is another.
    if (this.many.children.length !== buttons.length) this.many.replaceChildren(...buttons);
    else
      buttons.forEach((one, i) =>
        this.many.children[i].setAttribute("aria-pressed", one.getAttribute("aria-pressed") ?? ""),
      );
    this.said.textContent = sentence || "Draw many tokens from the same place: do they come as often as they should?";
    this.first.disabled = !again;
  }

  draw() {
    const { vocabulary, u, index, seed } = this.data;
    const now = bus.pipeline;
    const fits = now && now.stages.p.length === vocabulary.length;
    this.blank(!fits);
    if (!fits) return this.say("It waits for something to draw from.");
    const { p, cumulative } = now.stages;
    const hit = drawStrip(this.root, this.strip, this.width(), p, vocabulary, u);
    const from = Math.max(cumulative[hit] - p[hit], 0);
    const where = `${from.toFixed(4)} to ${cumulative[hit].toFixed(4)} (${percent(p[hit])})`;
    this.say(`${ordinal(index, seed)}: u = ${u.toFixed(6)} falls on “${glyph(vocabulary[hit])}”, ${where}.`);
    this.strip.setAttribute("aria-label", this.note.textContent ?? "");
  }
}

/**
 * Which draw of which seed.
 * @param {number} index from 0
 * @param {number} seed
 */
export const ordinal = (index, seed) => `Draw ${thousands(index + 1)} of seed ${seed}`;
