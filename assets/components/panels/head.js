// The chosen head, large: labels, values under the pointer, hatching where the mask forbids to look. Its weights come
// over the bus from "All heads". A row is a token that looks, a column a token that is looked at.

import { headName } from "../shared/attention.js";
import { attentionOf, bus, hover, looking, move, pin, pointedKey } from "../shared/bus.js";
import { cellGaps, hatchHidden, paintCells } from "../shared/cells.js";
import { ink } from "../shared/colours.js";
import { arrow, clamp, css, el, letters, placeOf, sharp, squareSide } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { pairOf } from "../shared/selected.js";
import { SELECTED } from "../shared/stages.js";
import { glyph, named, tenths } from "../shared/text.js";

/** @typedef {import("../shared/attention.js").Attention} Attention */
/** @typedef {{ tokens: string[] }} Payload */

const LEAST = 280; // of the map's side
const FEW = 3; // tokens of which a map would be all corners

/**
 * One cell in words; without a key the row's largest.
 * @param {string[]} tokens
 * @param {Float64Array} row how much the query looks at each token
 * @param {number} query
 * @param {number | null} key
 * @param {boolean} causal
 */
export function tellCell(tokens, row, query, key, causal) {
  if (key === null) {
    const top = row.indexOf(Math.max(...row));
    return `Row ${named(tokens, query)} looks most at ${named(tokens, top)}: ${tenths(row[top])}.`;
  }
  const [who, whom] = [named(tokens, query), named(tokens, key)];
  if (causal && key > query) return `${who} cannot look at ${whom}: masked, exactly 0.`;
  return `${who} gives ${tenths(row[key])} of its attention to ${whom}.`;
}

/**
 * The beginning of a token, as far as there is room; of a longer one rather its letters than the blank before them.
 * @param {string} token
 * @param {number} room in letters as wide as high
 */
export function brief(token, room) {
  const shown = [...glyph(token)];
  const fits = Math.max(1, Math.floor(room / 0.62)); // a letter of this font is as wide
  if (shown.length > fits && shown[0] === "·") shown.shift();
  return shown.slice(0, fits).join("");
}

/** @extends {Card<Payload>} */
export default class Head extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "One head", "run");
    this.canvas = el("canvas", { tabindex: 0, role: "img" });
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.body.append(this.canvas, this.readout);
    this.side = 1; // of a cell
    this.edge = 16; // room for the labels
    /** @type {{ of: Attention, stamp: string, picture: OffscreenCanvas } | null} kept while only the marks move */
    this.kept = null;
    this.wire();
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw(), attention: () => this.drawSoon() };
  }

  draw() {
    const { tokens } = this.data;
    const T = tokens.length;
    const attention = attentionOf(T);
    const name = headName(bus.view);
    this.title.textContent = bus.attention?.L === 0 ? "One head" : name[0].toUpperCase() + name.slice(1);
    this.blank(!attention);
    if (!attention) {
      sharp(this.canvas, this.size(), this.size());
      return this.say(T ? " " : "The map of one head grows here, a row for each token.");
    }
    const { layer, head, mode } = bus.view;
    const role = mode === "head" && attention.roles[layer * attention.H + head];
    const masked = attention.causal ? ", hatched: masked" : "";
    const what = mode === "max" ? "The largest of all heads: rows do not sum to 1" : "Rows sum to 1";
    this.say(`${role ? `${role[0].toUpperCase()}${role.slice(1)}. ` : ""}${what}${masked}.`);
    const query = looking(T);
    const key = pointedKey(T);
    this.picture(attention, query, key);
    this.readout.textContent = tellCell(tokens, attention.row(bus.view, query), query, key, attention.causal);
    const help = "Arrow keys move the cell, Enter pins the row.";
    this.canvas.setAttribute("aria-label", `${this.title.textContent}: ${this.readout.textContent} ${help}`);
  }

  /**
   * @param {Attention} attention
   * @param {number} query
   * @param {number | null} key
   */
  picture(attention, query, key) {
    const { T } = attention;
    const width = this.size();
    this.edge = Math.max(letters(12) * 1.5, letters(9) * 2);
    const side = (this.side = (width - this.edge - 1) / Math.max(T, FEW));
    const full = side * T;
    const { edge } = this;
    const context = sharp(this.canvas, width, width);
    if (attention.causal) hatchHidden(this.root, context, edge, full);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.cells(attention), edge, edge, full, full);
    cellGaps(this.root, context, { left: edge, top: edge, side, high: side, R: T, C: T });
    this.labels(context, query, key);
    context.lineWidth = 2;
    context.strokeStyle = css(this.root, "--st-blue-color");
    context.strokeRect(edge + 0.5, edge + query * side, full, Math.max(side, 3));
    const pair = pairOf(bus.view.cell, T);
    if (pair) {
      context.strokeStyle = css(this.root, SELECTED);
      context.strokeRect(edge + pair[1] * side, edge + pair[0] * side, Math.max(side, 3), Math.max(side, 3));
    }
    if (key === null) return;
    context.strokeStyle = css(this.root, "--st-orange-color");
    context.strokeRect(edge + key * side, edge + 0.5, Math.max(side, 3), full);
  }

  /** The side of the picture, however long the text. */
  size() {
    return squareSide(this.root, this.width(320), LEAST);
  }

  /**
   * The weights as colours, a pixel each.
   * @param {Attention} attention
   */
  cells(attention) {
    const { T, causal } = attention;
    const { back, text } = ink(this.root);
    const stamp = [bus.view.layer, bus.view.head, bus.view.mode, text, back].join();
    if (this.kept?.of === attention && this.kept.stamp === stamp) return this.kept.picture;
    const rows = Array.from({ length: T }, (_, q) => attention.row(bus.view, q));
    const value = (/** @type {number} */ q, /** @type {number} */ k) => rows[q][k];
    const hidden = (/** @type {number} */ q, /** @type {number} */ k) => causal && k > q;
    const picture = paintCells(this.root, { R: T, C: T, kind: "share", value, hidden });
    this.kept = { of: attention, stamp, picture };
    return picture;
  }

  /**
   * Tokens along both edges: crowded ones in two lanes, then only each n-th; and the two that matter.
   * @param {CanvasRenderingContext2D} context
   * @param {number} query
   * @param {number | null} key
   */
  labels(context, query, key) {
    const { side, edge } = this;
    const { text } = ink(this.root);
    const size = clamp(side * 0.9, letters(9), letters(13));
    const apart = size * 0.9; // from one letter to the next, at least
    context.font = `${size}px ${css(this.root, "--st-code-font") || "monospace"}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const lanes = side < apart ? 2 : 1;
    const every = Math.ceil(apart / (side * lanes));
    this.data.tokens.forEach((token, i) => {
      const at = edge + (i + 0.5) * side;
      const lane = (edge * ((Math.floor(i / every) % lanes) + 0.5)) / lanes;
      const label = (/** @type {number | null} */ mark, /** @type {string} */ colour, x = lane, y = lane) => {
        const room = Math.min(edge / lanes, x === lane ? edge : side * every * lanes);
        const near = mark !== null && i !== mark && Math.abs(i - mark) * side < apart / lanes;
        context.fillStyle = i === mark ? css(this.root, colour) : text;
        if (i === mark || (i % every === 0 && !near)) context.fillText(brief(token, room / size), x, y);
      };
      label(query, "--st-blue-color", undefined, at);
      label(key, "--st-orange-color", at);
    });
  }

  wire() {
    const { canvas } = this;
    /** @returns {[number | null, number | null]} */
    const at = (/** @type {MouseEvent} */ event) => {
      const T = this.data.tokens.length;
      const { x, y } = placeOf(event);
      const k = Math.floor((x - this.edge) / this.side);
      const q = Math.floor((y - this.edge) / this.side);
      return q >= 0 && q < T && k < T ? [q, k >= 0 ? k : null] : [null, null];
    };
    canvas.onpointerdown = canvas.onpointermove = (event) => hover(...at(event));
    canvas.onpointerleave = canvas.onblur = () => hover(null);
    canvas.onclick = (event) => {
      const [query] = at(event);
      if (query !== null) pin(query);
    };
    canvas.onkeydown = (event) => {
      const T = this.data.tokens.length;
      const query = looking(T);
      const key = pointedKey(T) ?? query;
      if (event.key === "Enter") move({ pin: query });
      if (event.key === "Escape") {
        hover(null);
        move({ pin: null });
      }
      const by = arrow(event.key);
      if (!by) return;
      event.preventDefault();
      hover(clamp(query + by[0], 0, T - 1), clamp(key + by[1], 0, T - 1));
    };
  }
}
