// Every layer norm of the model at once: four maps, a row a norm and a column a token.

import { bus, hover, looking, move } from "../shared/bus.js";
import { cellGaps, paintCells } from "../shared/cells.js";
import { arrow, clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { hundredths, named, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} M norms
 * @property {number} kinds of statistics: 4
 * @property {string[]} tokens
 * @property {string[]} labels (M,) beside the rows
 * @property {string[]} names (M,) in sentences
 * @property {string[]} words (M,) as Python is told them
 * @property {number} at the norm that is shown
 * @property {string} sentence
 * @property {boolean} waits for a prompt: its room stays
 * @property {Float32Array} stats (M, kinds, T): mean and spread before, mean and spread after
 */
/** @typedef {{ left: number, top: number, wide: number, high: number }} Frame of one map */

const KINDS = ["mean before", "spread before", "mean after", "spread after"];
const STEPS = ["mean", "spread", "mean after", "spread after"]; // as Python is told them
const SIGNED = [true, false, true, false];
const ROW = 13;
const HEAD = 15; // over a map
const GAP = 8;
const LABELS = 44;
const NARROW = 430; // below this width two maps stand under two others

/**
 * A norm's four numbers of one token in words.
 * @param {Payload} payload
 * @param {number} norm
 * @param {number} token
 */
export function tellNorm({ T, kinds, stats, tokens, names }, norm, token) {
  const [a, b, c, d] = KINDS.map((_, kind) => hundredths(stats[(norm * kinds + kind) * T + token]));
  return `${named(tokens, token)}, ${names[norm]}: mean ${a}, spread ${b} before; mean ${c}, spread ${d} after.`;
}

/** @extends {Card<Payload>} */
export default class EveryNorm extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Every layer norm", "run");
    this.canvas = el("canvas", { role: "img", tabindex: 0 });
    this.pick = el("select", { "aria-label": "Layer norm", onchange: () => this.choose(Number(this.pick.value)) });
    this.readout = el("p", { class: "readout" });
    this.save = el("button", {
      type: "button",
      class: "soft save",
      text: "PNG",
      "aria-label": "Save the picture as PNG",
    });
    this.save.onclick = () => savePng(root, [this.canvas], ["Every layer norm"], "layer-norms.png");
    this.body.append(el("div", { class: "row" }, this.pick, this.readout, this.save), this.canvas);
    /** @type {Frame[]} */
    this.frames = [];
    /** @type {number | null} */
    this.row = null; // under the pointer
    this.canvas.onpointermove = (event) => this.point(event);
    this.canvas.onpointerleave = () => {
      this.row = null;
      hover(null);
      this.drawSoon();
    };
    this.canvas.onclick = (event) => this.click(event);
    this.canvas.onkeydown = (event) => this.key(event);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.drawSoon(), pin: () => this.drawSoon() };
  }

  update() {
    const { names, at } = this.data;
    this.pick.replaceChildren(...names.map((name, i) => el("option", { value: i, text: name, selected: i === at })));
    this.pick.value = String(at);
  }

  /**
   * Which norm is shown, and which of its numbers is worked out.
   * @param {number} norm
   * @param {string} [step]
   */
  choose(norm, step = "") {
    this.data.at = norm;
    this.send("choice", { ln: this.data.words[norm], ...(step ? { "ln-sum": step } : {}) });
    this.drawSoon();
  }

  /**
   * Which map, norm and token a pointer is on.
   * @param {MouseEvent} event
   * @returns {[kind: number, norm: number, token: number] | null}
   */
  cell(event) {
    const { x, y } = placeOf(event);
    const { T, M } = this.data;
    const kind = this.frames.findIndex(
      ({ left, top, wide, high }) => x >= left && x < left + wide && y >= top && y < top + high,
    );
    if (kind < 0) return null;
    const { left, top, wide } = this.frames[kind];
    return [kind, clamp(Math.floor((y - top) / ROW), 0, M - 1), clamp(Math.floor(((x - left) / wide) * T), 0, T - 1)];
  }

  /** @param {PointerEvent} event */
  point(event) {
    const found = this.cell(event);
    this.row = found ? found[1] : null;
    hover(found ? found[2] : null);
    this.drawSoon();
  }

  /** @param {MouseEvent} event */
  click(event) {
    const found = this.cell(event);
    if (!found) return;
    const [kind, norm, token] = found;
    if (bus.view.pin !== token) move({ pin: token });
    this.choose(norm, STEPS[kind]);
  }

  /** Up and down is another norm, left and right another token. @param {KeyboardEvent} event */
  key(event) {
    const { T, M, at } = this.data;
    const way = arrow(event.key);
    if (!way || !M) return;
    event.preventDefault();
    if (way[0]) this.choose(clamp(at + way[0], 0, M - 1));
    else move({ pin: clamp(looking(T) + way[1], 0, T - 1) });
  }

  draw() {
    const { T, M, at, sentence, waits } = this.data;
    this.card.dataset.norms = String(M);
    this.blank(!M);
    this.body.hidden = !M && !waits;
    this.say(sentence);
    if (!M) return void sharp(this.canvas, this.width(), 190);
    const norm = this.row ?? at;
    this.readout.textContent = tellNorm(this.data, norm, looking(T));
    this.canvas.setAttribute("aria-label", `Mean and spread before and after ${M} norms. ${this.readout.textContent}`);
    this.picture();
  }

  picture() {
    const { M, labels, at } = this.data;
    const width = this.width();
    const columns = width < NARROW ? 2 : 4;
    const size = letters(10);
    const context = sharp(this.canvas, width, (4 / columns) * (HEAD + M * ROW + 4));
    context.font = `${size}px ${css(this.root, "--st-font")}`;
    context.textBaseline = "middle";
    const wide = (width - LABELS - (columns - 1) * GAP) / columns;
    this.frames = KINDS.map((_, kind) => {
      const left = LABELS + (kind % columns) * (wide + GAP);
      const top = HEAD + Math.floor(kind / columns) * (HEAD + M * ROW + 4);
      return { left, top, wide, high: M * ROW };
    });
    this.frames.forEach((frame, kind) => {
      this.map(context, frame, kind);
      if (kind % columns) return;
      labels.forEach((label, m) => {
        context.fillStyle = css(this.root, m === at ? "--st-primary-color" : "--st-text-color");
        context.fillText(label, 0, frame.top + (m + 0.5) * ROW);
      });
    });
  }

  /**
   * One of the four maps, with the largest size of its numbers.
   * @param {CanvasRenderingContext2D} context
   * @param {Frame} frame
   * @param {number} kind
   */
  map(context, { left, top, wide, high }, kind) {
    const { T, M, kinds, stats, at } = this.data;
    const value = (/** @type {number} */ m, /** @type {number} */ t) => stats[(m * kinds + kind) * T + t];
    let most = 1e-9;
    for (let m = 0; m < M; m++) for (let t = 0; t < T; t++) most = Math.max(most, Math.abs(value(m, t)));
    const signed = SIGNED[kind];
    const picture = paintCells(this.root, {
      R: M,
      C: T,
      kind: signed ? "signed" : "share",
      most,
      value: signed ? value : (m, t) => value(m, t) / most,
      hidden: () => false,
    });
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, left, top, wide, high);
    cellGaps(this.root, context, { left, top, side: wide / T, high: ROW, R: M, C: T });
    context.fillStyle = css(this.root, "--st-text-color");
    context.fillText(`${KINDS[kind]}, ${signed ? "±" : "≤ "}${short(most, 2)}`, left, top - HEAD / 2);
    context.strokeStyle = css(this.root, "--st-primary-color");
    context.lineWidth = 1.5;
    context.strokeRect(left + 0.5, top + at * ROW + 0.5, wide - 1, ROW - 1);
    const t = looking(T);
    context.strokeRect(left + (t * wide) / T, top, Math.max(wide / T, 2), high);
  }
}
