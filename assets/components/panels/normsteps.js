// One token through one layer norm, number by number. An input can be edited: everything is computed here, at once.

import { css, el, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { exact, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} C 0: there is nothing to show
 * @property {string} title
 * @property {string} sentence
 * @property {number} eps
 * @property {string} step of the number that is worked out
 * @property {number} dimension of it, from 0
 * @property {string[]} lost what a norm can never pass on
 * @property {Float32Array} x (C,) what flows in
 * @property {Float32Array} gain (C,)
 * @property {Float32Array} bias (C,), or empty: a model without biases
 */
/**
 * @typedef {object} Way
 * @property {number} mean
 * @property {number} variance
 * @property {number} spread sqrt(variance + eps)
 * @property {Float64Array} subtracted
 * @property {Float64Array} divided
 * @property {Float64Array} output
 */

const ROWS = 8; // of a page
const HIGH = 44; // of the picture
const BOUND = 1e6; // of a number that is typed

/**
 * The layer norm of some numbers, step by step, in double precision.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} gain none: all 1
 * @param {ArrayLike<number>} bias none: all 0
 * @param {number} eps
 * @returns {Way}
 */
export function layerNorm(x, gain, bias, eps) {
  const C = x.length;
  let mean = 0;
  for (let c = 0; c < C; c++) mean += x[c] / C;
  const subtracted = Float64Array.from(x, (value) => value - mean);
  let variance = 0;
  for (const away of subtracted) variance += (away * away) / C;
  const spread = Math.sqrt(variance + eps);
  const divided = subtracted.map((away) => away / spread);
  const output = divided.map((value, c) => value * (gain.length ? gain[c] : 1) + (bias.length ? bias[c] : 0));
  return { mean, variance, spread, subtracted, divided, output };
}

/**
 * What an edit moved, in words.
 * @param {Way} before
 * @param {Way} after
 */
export function tellMoved(before, after) {
  const moves = after.output.map((value, c) => Math.abs(value - before.output[c]));
  const most = moves.reduce((best, move, c) => (move > moves[best] ? c : best), 0);
  const many = moves.filter((move) => move > 1e-6).length;
  const still = many ? `${many} of ${moves.length} outputs moved, number ${most + 1} most` : "no output moved";
  return (
    `The mean moved from ${exact(before.mean)} to ${exact(after.mean)}, the spread from ${exact(before.spread)} to ` +
    `${exact(after.spread)}; ${still}${many ? `, by ${exact(moves[most])}` : ""}.`
  );
}

/** @extends {Card<Payload>} */
export default class NormSteps extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "One token, step by step", "run");
    this.steps = el("ol", { class: "whole" });
    this.picture = el("canvas", { role: "img", "aria-label": "What comes out, number by number" });
    this.head = el("tr");
    this.rows = el("tbody");
    this.table = el("table", {}, el("thead", {}, this.head), this.rows);
    this.order = el("select", { "aria-label": "Order of the numbers", onchange: () => this.turn(0) });
    this.order.append(
      el("option", { value: "number", text: "by number" }),
      el("option", { value: "size", text: "largest first" }),
    );
    this.range = el("span", { class: "range" });
    const step = (/** @type {number} */ by, /** @type {string} */ text, /** @type {string} */ label) =>
      el("button", {
        type: "button",
        class: "soft",
        text,
        "aria-label": label,
        onclick: () => this.turn(this.first + by),
      });
    const change = (/** @type {string} */ text, /** @type {(x: number) => number} */ how) =>
      el("button", { type: "button", class: "soft", text, onclick: () => this.editAll(how) });
    this.reset = el("button", { type: "button", class: "soft", text: "Undo", onclick: () => this.undo() });
    this.moved = el("p", { class: "moved", role: "status" });
    this.lost = el("ul", { class: "lost" });
    this.body.append(
      this.steps,
      el(
        "div",
        { class: "row" },
        this.order,
        step(-ROWS, "‹", "Numbers before"),
        this.range,
        step(ROWS, "›", "Numbers after"),
        change("All + 1", (x) => x + 1),
        change("All × 2", (x) => 2 * x),
        this.reset,
      ),
      this.table,
      this.moved,
      this.picture,
      el("h4", { text: "What a norm can never pass on: the mean, and the length" }),
      this.lost,
    );
    this.first = 0;
    this.shown = ""; // which numbers these are: others begin without edits
    this.wanted = -1; // the dimension that was last brought into sight
    /** @type {Float64Array} */
    this.edited = new Float64Array();
  }

  frame() {
    return this.body;
  }

  update() {
    const { C, x, title, dimension, step, lost, bias } = this.data;
    const shown = [title, ...x].join();
    if (shown !== this.shown) this.edited = Float64Array.from(x);
    this.shown = shown;
    this.name(title);
    this.blank(!C);
    this.lost.replaceChildren(...lost.map((text) => el("li", { text })));
    const names = ["no.", "x (edit)", "− mean", "÷ spread", "× gain", ...(bias.length ? ["+ bias"] : []), "= output"];
    this.head.replaceChildren(...names.map((text) => el("th", { scope: "col", text })));
    if (dimension !== this.wanted && C && step !== "mean") {
      this.wanted = dimension;
      this.first = Math.floor(this.listed().indexOf(dimension) / ROWS) * ROWS;
    }
    this.build();
  }

  /** The dimensions in the order in which they are listed. */
  listed() {
    const { x, C } = this.data;
    const all = [...Array(C).keys()];
    return this.order.value === "size" ? all.sort((a, b) => Math.abs(x[b]) - Math.abs(x[a]) || a - b) : all;
  }

  /** Another page of numbers. @param {number} first */
  turn(first) {
    const { C } = this.data;
    this.first = Math.max(0, Math.min(first, Math.floor((C - 1) / ROWS) * ROWS));
    this.build();
    this.draw();
  }

  /** The rows of this page; what stands in them is written by `draw`. */
  build() {
    const { C, gain, bias } = this.data;
    const page = this.listed().slice(this.first, this.first + ROWS);
    this.range.textContent = C ? `${this.first + 1}–${Math.min(this.first + ROWS, C)} of ${C}` : "";
    /** @type {{ c: number, box: HTMLInputElement, results: [string, HTMLButtonElement][] }[]} */
    this.lines = page.map((c) => {
      const box = el("input", { type: "number", step: "any", "aria-label": `Input number ${c + 1}` });
      box.oninput = () => this.edit(c, box.value);
      const result = (/** @type {string} */ step) => {
        const onclick = () => this.send("choice", { "ln-sum": `${step}.${c + 1}` });
        const button = el("button", { type: "button", class: "cell", onclick });
        return /** @type {[string, HTMLButtonElement]} */ ([step, button]);
      };
      return { c, box, results: [result("subtracted"), result("divided"), result("output")] };
    });
    this.rows.replaceChildren(
      ...this.lines.map(({ c, box, results: [subtracted, divided, output] }) => {
        const plain = (/** @type {number} */ x) => el("td", { text: exact(x) });
        const cells = [subtracted, divided].map(([, button]) => el("td", {}, button));
        const learned = [plain(gain[c]), ...(bias.length ? [plain(bias[c])] : [])];
        const head = el("th", { scope: "row", text: String(c + 1) });
        return el("tr", {}, head, el("td", {}, box), ...cells, ...learned, el("td", {}, output[1]));
      }),
    );
    for (const { c, box } of this.lines) box.value = exact(this.edited[c]);
  }

  /**
   * Another number for one input; what is no number counts as it was.
   * @param {number} c
   * @param {string} text
   */
  edit(c, text) {
    const value = Number(text);
    const fits = text !== "" && Math.abs(value) <= BOUND;
    this.edited[c] = fits ? value : this.data.x[c];
    this.draw();
  }

  /** @param {(x: number) => number} how */
  editAll(how) {
    this.edited = this.edited.map((x) => Math.max(-BOUND, Math.min(BOUND, how(x))));
    this.build();
    this.draw();
  }

  undo() {
    this.edited = Float64Array.from(this.data.x);
    this.build();
    this.draw();
  }

  draw() {
    const { C, x, gain, bias, eps, sentence, step, dimension } = this.data;
    this.say(sentence);
    if (!C) return void sharp(this.picture, this.width(), HIGH);
    const before = layerNorm(x, gain, bias, eps);
    const now = layerNorm(this.edited, gain, bias, eps);
    const changed = this.edited.some((value, c) => value !== x[c]);
    this.reset.disabled = !changed;
    const whole = (/** @type {string} */ name, /** @type {string} */ text) => {
      const onclick = () => this.send("choice", { "ln-sum": name });
      return el(
        "li",
        {},
        el("button", { type: "button", class: "cell", text, "aria-pressed": step === name, onclick }),
      );
    };
    this.steps.replaceChildren(
      whole("mean", `mean = sum of ${C} numbers / ${C} = ${exact(now.mean)}`),
      whole("variance", `variance = mean of (x − mean)² = ${exact(now.variance)}`),
      whole("spread", `spread = √(variance + ${short(eps, 1)}) = ${exact(now.spread)}`),
    );
    for (const { c, box, results } of this.lines ?? []) {
      const values = [now.subtracted[c], now.divided[c], now.output[c]];
      results.forEach(([name, button], i) => {
        button.textContent = exact(values[i]);
        button.setAttribute("aria-label", `Number ${c + 1} ${name}: ${exact(values[i])}`);
        button.setAttribute("aria-pressed", String(step === name && dimension === c));
      });
      box.classList.toggle("edited", this.edited[c] !== x[c]);
    }
    this.moved.textContent = changed ? tellMoved(before, now) : "";
    this.strip(before.output, now.output);
  }

  /**
   * What comes out, a bar a dimension: as the model has it in grey, and now.
   * @param {Float64Array} before
   * @param {Float64Array} now
   */
  strip(before, now) {
    const width = this.width();
    const context = sharp(this.picture, width, HIGH);
    const most = Math.max(1e-9, ...before.map(Math.abs), ...now.map(Math.abs));
    const wide = width / now.length;
    const bar = (/** @type {number} */ c, /** @type {number} */ value, /** @type {number} */ share) => {
      const high = (Math.abs(value) / most) * (HIGH / 2);
      context.fillRect(c * wide, value > 0 ? HIGH / 2 - high : HIGH / 2, Math.max(wide * share, 0.6), high);
    };
    context.fillStyle = css(this.root, "--st-gray-color");
    before.forEach((value, c) => bar(c, value, 0.9));
    context.fillStyle = css(this.root, "--st-primary-color");
    now.forEach((value, c) => bar(c, value, 0.45));
    this.picture.setAttribute("aria-label", `What comes out, ${now.length} numbers up to ${exact(most)} from 0`);
  }
}
