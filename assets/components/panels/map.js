// The token embeddings in two dimensions (PCA): which tokens the model holds to be alike. The prompt's are ringed.

import { looking } from "../shared/bus.js";
import { css, el, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} V tokens of the alphabet
 * @property {number} axes 2
 * @property {string[]} vocabulary (V,)
 * @property {number[]} ids of the prompt's tokens (T,)
 * @property {Float32Array} points (V, axes)
 * @property {[x: number, y: number]} low the smallest of the points
 * @property {[x: number, y: number]} high the largest
 * @property {[axes: string, near: string]} sentences which axes these are, and how far nearness can be believed
 * @property {[id: number, cosine: number][][]} neighbours of each token (V,), the most alike first
 */

const HIGH = 210;
const PAD = 14;
const NEAR = 16; // pixels from the pointer

/**
 * Where a value lies between two others, as a share.
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const between = (value, low, high) => (value - low) / (high - low || 1);

/** @extends {Card<Payload>} */
export default class TokenMap extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Map of the alphabet");
    this.canvas = el("canvas", { role: "img" });
    this.readout = el("p", { class: "readout" });
    this.body.append(this.canvas, this.readout);
    /** @type {number | null} the token under the pointer */
    this.near = null;
    this.canvas.onpointermove = (event) => this.point(this.nearest(placeOf(event)));
    this.canvas.onpointerleave = () => this.point(null);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    if ((this.near ?? 0) >= this.data.vocabulary.length) this.near = null; // of a larger alphabet
  }

  /** @param {number | null} near */
  point(near) {
    if (near === this.near) return;
    this.near = near;
    this.draw();
  }

  /**
   * Where a token stands.
   * @param {number} i
   */
  place(i) {
    const { points, low, high } = this.data;
    const [x, y] = [between(points[2 * i], low[0], high[0]), between(points[2 * i + 1], low[1], high[1])];
    return { x: PAD + x * (this.width() - 2 * PAD), y: HIGH - PAD - y * (HIGH - 2 * PAD) };
  }

  /**
   * The token at a place of the picture, if one is near.
   * @param {{ x: number, y: number }} pointer
   */
  nearest(pointer) {
    const away = this.data.vocabulary.map((_, i) => {
      const { x, y } = this.place(i);
      return Math.hypot(x - pointer.x, y - pointer.y);
    });
    const least = Math.min(...away);
    return least < NEAR ? away.indexOf(least) : null;
  }

  draw() {
    const { vocabulary, ids, sentences, neighbours } = this.data;
    const used = new Set(ids);
    this.say(`${sentences[0]} The prompt's tokens are ringed.`);
    this.picture(used);
    const quoted = (/** @type {number} */ i) => `“${glyph(vocabulary[i])}”`;
    if (this.near === null) this.readout.textContent = sentences[1];
    else {
      const alike = neighbours[this.near].map(([i, cosine]) => `${quoted(i)} (${cosine.toFixed(2)})`).join(", ");
      this.readout.textContent = `${quoted(this.near)} is most like ${alike}, by cosine in all dimensions.`;
    }
    const ringed = [...used].map((i) => spoken(vocabulary[i])).join(", ") || "none";
    this.canvas.setAttribute("aria-label", `Map of ${vocabulary.length} token embeddings. Ringed: ${ringed}.`);
  }

  /** @param {Set<number>} used */
  picture(used) {
    const { vocabulary, ids } = this.data;
    const context = sharp(this.canvas, this.width(), HIGH);
    const text = css(this.root, "--st-text-color");
    const main = css(this.root, "--st-primary-color");
    const font = `13px ${css(this.root, "--st-code-font")}`;
    const here = ids.length ? ids[looking(ids.length)] : null;
    context.textAlign = "center";
    context.textBaseline = "middle";
    vocabulary.forEach((token, i) => {
      const ring = i === here ? css(this.root, "--st-blue-color") : used.has(i) ? main : null;
      const { x, y } = this.place(i);
      context.font = ring ? `600 ${font}` : font;
      context.fillStyle = ring ?? text;
      context.globalAlpha = ring ? 1 : 0.7;
      context.fillText(glyph(token).slice(0, 3), x, y);
      if (!ring) return;
      context.strokeStyle = ring;
      context.lineWidth = i === here ? 2.5 : 1.2;
      context.beginPath();
      context.arc(x, y, 9, 0, 7);
      context.stroke();
    });
    context.globalAlpha = 1;
  }
}
