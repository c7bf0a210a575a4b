// Byte pairs beside characters: the same passage, glued together merge after merge.

import { Again } from "../shared/again.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {string} text the passage
 * @property {number} characters in it
 * @property {number} T bytes of it
 * @property {Uint16Array} closed (T,) after how many merges the seam behind a byte is closed; 65535: never
 * @property {number} merges chosen
 * @property {number} most that there are
 * @property {number[]} sizes of the vocabulary after the listed merges
 * @property {[number: number, left: string, right: string][]} listed merges around the chosen number
 * @property {number | null} busy how much of the work is done; null: all of it
 */

/**
 * A passage's tokens after so many merges; bytes that are only a part of a character as <0xE2>.
 * @param {string} text
 * @param {ArrayLike<number>} closed
 * @param {number} merges
 */
export function pieces(text, closed, merges) {
  const bytes = new TextEncoder().encode(text);
  const found = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (closed[i] <= merges) continue;
    found.push(readable(bytes.subarray(start, i + 1)));
    start = i + 1;
  }
  return found;
}

/** @param {Uint8Array} bytes */
function readable(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return [...bytes].map((byte) => "<0x" + byte.toString(16).toUpperCase().padStart(2, "0") + ">").join("");
  }
}

/**
 * The slider's stops lie closer where merges are frequent ones: a third power.
 * @param {number} at 0 to 1
 * @param {number} most
 */
export const mergesAt = (at, most) => Math.round(most * at ** 3);

/** @extends {Card<Payload>} */
export default class Merging extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Byte pairs: merge after merge", "run");
    this.again = new Again();
    this.slider = el("input", { type: "range", min: 0, max: 1, step: 0.002, class: "steps", "aria-label": "Merges" });
    this.slider.oninput = () => this.slide(mergesAt(+this.slider.value, this.data.most));
    this.slider.onchange = () => this.send("choice", { merges: String(this.at) });
    const step = (/** @type {string} */ text, /** @type {number} */ by) =>
      el("button", { type: "button", class: "soft", text, onclick: () => this.step(by) });
    this.tools = el("div", { class: "tools" }, step("− 1", -1), this.slider, step("+ 1", 1));
    this.readout = el("p", { class: "readout", role: "status" });
    this.strip = el("div", { class: "strip mono", tabindex: 0, role: "group", "aria-label": "The passage in pieces" });
    this.list = el("ol", { class: "listed mono", "aria-label": "Merges around this one" });
    this.body.append(this.tools, this.readout, this.strip, this.list);
    this.at = 0;
  }

  leave() {
    this.again.stop();
  }

  /** @param {number} by */
  step(by) {
    this.slide(Math.max(0, Math.min(this.data.most, this.at + by)));
    this.send("choice", { merges: String(this.at) });
  }

  /** @param {number} merges */
  slide(merges) {
    this.at = merges;
    this.draw();
  }

  update() {
    const { sentence, busy, merges, most } = this.data;
    this.say(busy === null ? sentence : `${sentence} ${percent(busy)}`);
    this.again.follow(busy, this.send);
    this.blank(!most);
    if (this.root.activeElement !== this.slider || !most) this.at = merges;
    this.slider.value = String(most ? (this.at / most) ** (1 / 3) : 0);
  }

  draw() {
    const { text, closed, characters, most, listed, sizes, T } = this.data;
    if (!most) return;
    const found = pieces(text, closed, this.at);
    const size = listed.findIndex(([number]) => number === this.at);
    const entries = this.at === 0 ? 256 : sizes[size];
    const vocabulary = entries === undefined ? "" : ` (${thousands(entries)} entries)`;
    this.slider.style.setProperty("--at", this.slider.value);
    this.slider.setAttribute("aria-valuetext", `${this.at} merges`);
    this.readout.textContent = T
      ? `${thousands(this.at)} of ${thousands(most)} merges${vocabulary}: ${found.length} tokens; ` +
        `as characters ${characters}, as bytes ${T}.`
      : `${thousands(this.at)} of ${thousands(most)} merges. Type something to see it cut.`;
    this.strip.replaceChildren(
      ...found.map((piece, i) => el("span", { class: i % 2 ? "piece odd" : "piece", text: glyph(piece) })),
    );
    this.list.replaceChildren(
      ...listed.map(([number, left, right]) =>
        el(
          "li",
          { class: number === this.at ? "now" : number > this.at ? "later" : "", value: number },
          `${thousands(number)}  ${glyph(left)} + ${glyph(right)} → ${glyph(left + right)}`,
        ),
      ),
    );
  }
}
