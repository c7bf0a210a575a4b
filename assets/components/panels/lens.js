// The lens: at every boundary (rows) and every token (columns) what the model would say next if it stopped there.

import { bus, hover, looking, move } from "../shared/bus.js";
import { ink, paint, rgb, weightRamp } from "../shared/colours.js";
import { clamp, css, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { wireCells } from "../shared/pointer.js";
import { glyph, named, tenths, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} T tokens shown
 * @property {number} S boundaries: L + 1
 * @property {number} K best tokens of each
 * @property {number} start the place of the first token shown
 * @property {string[]} tokens
 * @property {string[]} names of the boundaries
 * @property {string[]} words of the readings
 * @property {string} how what is read
 * @property {string} sentence
 * @property {string} number that is worked out
 * @property {Uint16Array} best (S, T, K) places in `words`
 * @property {Float32Array} shares (S, T, K)
 * @property {Uint16Array} rank (S, T) of the true next token; 0: it is not known
 * @property {Float32Array} share (S, T) its probability
 */
/** @typedef {[row: number, column: number]} Place */

const LABELS = 68; // room for the boundaries' names
const HEAD = 16; // and for the tokens over them
const HIGH = 20; // of a cell
const LEAST = 17; // its width
const MOST = 54;

/**
 * How wide a cell is: all of the room, but within what can be read.
 * @param {number} room
 * @param {number} T
 * @param {number} longest letters of a reading
 */
export const cellWidth = (room, T, longest) =>
  clamp(room / Math.max(T, 1), Math.max(LEAST, Math.min(longest, 6) * 8 + 6), MOST);

/**
 * The readings of one cell, the likeliest first.
 * @param {Payload} payload
 * @param {Place} place
 * @returns {[word: string, share: number][]}
 */
export function readings({ T, K, best, shares, words }, [row, column]) {
  const from = (row * T + column) * K;
  return Array.from({ length: K }, (_, i) => [words[best[from + i]], shares[from + i]]);
}

/**
 * One cell in words and numbers.
 * @param {Payload} payload
 * @param {Place} place
 */
export function tellReading(payload, [row, column]) {
  const { T, tokens, names, start, rank, share } = payload;
  const said = readings(payload, [row, column]).map(([word, p]) => `“${glyph(word)}” ${tenths(p)}`);
  const at = row * T + column;
  const next = tokens[column + 1];
  const truth = rank[at] && next !== undefined ? ` The true next, “${glyph(next)}”: number ${thousands(rank[at])}` : "";
  const who = `After ${named(tokens, column).replace(`(${column + 1})`, `(${column + 1 + start})`)}`;
  return `${who}, read at ${names[row]}: ${said.join(", ")}.${truth ? `${truth} with ${tenths(share[at])}.` : ""}`;
}

/** @extends {Card<Payload>} */
export default class Lens extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "If it stopped here", "run");
    this.canvas = /** @type {import("../shared/cells.js").CellCanvas} */ (el("canvas", { role: "img", tabindex: 0 }));
    this.labels = el("canvas", { "aria-hidden": "true" });
    this.scroll = el("div", { class: "scroll" }, this.canvas);
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.how = el("p", { class: "how" });
    this.body.append(el("div", { class: "grid" }, this.labels, this.scroll), this.readout, this.how);
    /** @type {Place | null} under the pointer or the keyboard */
    this.at = null;
    this.shown = "";
    wireCells(this.canvas, {
      point: (place) => this.point(place),
      choose: (place) => this.choose(place),
      drag: (_, place) => this.choose(place),
      step: (down, right) => this.step(down, right),
      enter: () => this.at && this.choose(this.at),
      escape: () => move({ pin: null }),
    });
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.drawSoon(), pin: () => this.drawSoon() };
  }

  /** @param {Place | null} place */
  point(place) {
    this.at = place;
    hover(place ? place[1] + this.data.start : null);
    this.drawSoon();
  }

  /** @param {Place} place */
  choose([row, column]) {
    const token = column + this.data.start;
    this.send("choice", { worked: `share.${row}.${token}` });
    move({ pin: token });
  }

  /**
   * @param {number} down
   * @param {number} right
   */
  step(down, right) {
    const { S, T } = this.data;
    const [row, column] = this.at ?? [S - 1, this.column()];
    this.point([clamp(row + down, 0, S - 1), clamp(column + right, 0, T - 1)]);
    this.reveal(this.at?.[1] ?? 0);
  }

  /** The column that one looks from. */
  column() {
    const { T, start } = this.data;
    return clamp(looking(T + start) - start, 0, Math.max(T - 1, 0));
  }

  /** The width of a cell. */
  side() {
    const { T, words } = this.data;
    const longest = Math.max(1, ...words.map((word) => glyph(word).length));
    return cellWidth(this.width() - LABELS, T, longest);
  }

  /**
   * Bring a column into sight.
   * @param {number} column
   */
  reveal(column) {
    const { scroll } = this;
    const [left, right] = [column * this.side(), (column + 1) * this.side()].map(
      (x) => x * (scroll.scrollWidth / Math.max(1, this.data.T * this.side())),
    );
    if (left < scroll.scrollLeft) scroll.scrollLeft = left;
    if (right > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = right - scroll.clientWidth;
  }

  update() {
    const { T, how, sentence } = this.data;
    this.say(sentence);
    this.card.dataset.rows = String(T);
    const bar = "A bar in a cell: it is the true next token.";
    this.how.textContent = `${how} ${bar} Point for words and numbers; a click pins the token and works it out.`;
    this.scroll.hidden = this.labels.hidden = this.readout.hidden = !T;
  }

  draw() {
    const { T, S, tokens, names, rank, K, best, shares, words, number, start } = this.data;
    if (!T) return;
    const side = this.side();
    this.canvas.geometry = { left: 0, top: HEAD, side, high: HIGH, R: S, C: T };
    const context = sharp(this.canvas, side * T, HEAD + HIGH * S + 1);
    const { text } = ink(this.root);
    const ramp = weightRamp(this.root);
    const fore = [text, css(this.root, "--st-background-color")].map(rgb);
    const at = this.column();
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `${letters(12)}px ${css(this.root, "--st-code-font") || "monospace"}`;
    const many = Math.max(1, Math.floor((side - 2) / 7.3)); // letters that fit
    const fit = (/** @type {string} */ word) =>
      word.length > many ? word.slice(0, Math.max(1, many - 1)) + "…" : word;
    tokens.forEach((token, t) => {
      context.fillStyle = t === at ? css(this.root, "--st-orange-color") : text;
      context.fillText(fit(glyph(token)), (t + 0.5) * side, HEAD / 2);
    });
    for (let s = 0; s < S; s++) {
      for (let t = 0; t < T; t++) {
        const cell = s * T + t;
        const share = shares[cell * K];
        const colour = ramp(share);
        context.fillStyle = paint(colour);
        context.fillRect(t * side, HEAD + s * HIGH, side - 1, HIGH - 1);
        context.fillStyle = paint(fore.reduce((a, b) => (contrast(colour, a) >= contrast(colour, b) ? a : b)));
        context.fillText(fit(glyph(words[best[cell * K]])), (t + 0.5) * side - 0.5, HEAD + (s + 0.5) * HIGH);
        if (rank[cell] !== 1) continue;
        context.fillRect(t * side + 3, HEAD + (s + 1) * HIGH - 4, side - 7, 1.6);
      }
    }
    context.strokeStyle = css(this.root, "--st-orange-color");
    context.lineWidth = 1.5;
    context.strokeRect(at * side + 0.5, HEAD + 0.5, side - 2, HIGH * S - 1);
    const [kind, row, token] = number.split(".");
    const chosen = /** @type {Place | null} */ (kind === "share" ? [Number(row), Number(token) - start] : null);
    for (const place of [this.at, chosen]) {
      if (!place || place[0] >= S || place[1] < 0 || place[1] >= T) continue;
      context.strokeStyle = text;
      context.strokeRect(place[1] * side + 0.5, HEAD + place[0] * HIGH + 0.5, side - 2, HIGH - 2);
    }
    this.paintLabels(names, text);
    const said = tellReading(this.data, this.at ?? [S - 1, at]);
    this.readout.textContent = said;
    this.canvas.setAttribute("aria-label", `${this.title.textContent}. ${this.data.sentence} ${said}`);
    const shown = `${T} ${start} ${bus.view.pin}`;
    if (shown !== this.shown) this.reveal(at);
    this.shown = shown;
  }

  /**
   * The names of the boundaries, which stay while the grid is scrolled.
   * @param {string[]} names
   * @param {string} text
   */
  paintLabels(names, text) {
    const context = sharp(this.labels, LABELS, HEAD + HIGH * names.length + 1);
    context.font = `${letters(11.5)}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    context.fillStyle = text;
    names.forEach((name, s) => context.fillText(name, 0, HEAD + (s + 0.5) * HIGH));
  }
}

/**
 * How far two colours are apart in lightness, roughly.
 * @param {number[]} a
 * @param {number[]} b
 */
function contrast(a, b) {
  const light = (/** @type {number[]} */ [red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue;
  return Math.abs(light(a) - light(b));
}
