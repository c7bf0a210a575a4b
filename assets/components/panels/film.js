// One training step as a film: forward to the loss, back to the weights, the step, and the loss after it. Every number
// tells itself under the pointer; a click follows a weight.

import { choose } from "../shared/choosing.js";
import { clamp, el, roomIn, scale } from "../shared/dom.js";
import { drawMap, hasNumbers, ownSize, packed, scaleWords, sheet, sizeFor } from "../shared/filmmaps.js";
import { FilmControls } from "../shared/filmcontrols.js";
import { saveCsv } from "../shared/files.js";
import { fileRows, tellFollowed, tellNumber } from "../shared/filmwords.js";
import { Card } from "../shared/panel.js";
import { wireCells } from "../shared/pointer.js";
import { StoryPlayer } from "../shared/storyplayer.js";

/** @typedef {import("../shared/filmmaps.js").Tensor} Tensor */
/** @typedef {import("../shared/filmmaps.js").Cell} Cell */
/** @typedef {{ title: string, says: string, show: number[], back: boolean }} Scene `show`: tensors, -1: a new row */
/**
 * @typedef {object} Payload
 * @property {number} N numbers in all
 * @property {string} note
 * @property {[word: string, name: string][]} optimizers
 * @property {string[]} rates
 * @property {number} last_seed
 * @property {number} steps that can be taken
 * @property {string} optimizer
 * @property {string} rate
 * @property {number} seed
 * @property {number} taken which step is shown, from 1
 * @property {number} scene from 1
 * @property {string} weight the followed one: "query.3.2"
 * @property {Scene[]} scenes
 * @property {Tensor[]} tensors one behind the other
 * @property {Float32Array} values (N,)
 * @property {Float32Array} gradients (N,) NaN: there is none
 */
/** @typedef {import("../shared/cells.js").CellCanvas} CellCanvas */
/** @typedef {{ i: number, gradient: boolean, canvas: CellCanvas, words: HTMLElement }} Shown one map */

const LEAST = 250; // of the stage's height
const MOST = 620;
const BESIDES = 290; // what else of the first screen is needed
const PHONE = 640; // a narrower stage scrolls
const TELL = 700; // milliseconds until Python hears which scene it is

const FILE = "Save all numbers of this step as CSV";

/** @extends {Card<Payload>} */
export default class Film extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "One training step", "line");
    this.controls = new FilmControls((words) => choose(this, words));
    this.story = new StoryPlayer({ count: () => this.data.scenes.length, show: (scene) => this.shown(scene) });
    this.story.close.remove();
    this.strip = el("div", { class: "strip", role: "group", "aria-label": "Scenes" });
    const lead = el("div", { class: "controls" }, this.story.bar, this.strip);
    this.says = el("p", { class: "says", role: "status" });
    this.stage = el("div", { class: "stage", tabindex: 0, role: "group" });
    this.readout = el("p", { class: "readout" });
    this.controls.bar.append(
      el("button", {
        type: "button",
        class: "soft",
        text: "CSV",
        title: FILE,
        "aria-label": FILE,
        onclick: () => this.csv(),
      }),
    );
    this.body.append(this.controls.bar, lead, this.says, this.stage, this.readout);
    this.card.onkeydown = (event) => this.key(event);
    /** @type {Shown[]} */
    this.maps = [];
    /** @type {{ i: number, cell: Cell } | null} what is pointed at */
    this.at = null;
    /** @type {import("../shared/filmmaps.js").Size} */
    this.size = [9, 9]; // of a cell, in this scene
    /** @type {number[]} where each tensor's numbers begin */
    this.starts = [];
    this.built = ""; // which scene's maps stand there
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.telling = undefined;
  }

  frame() {
    return this.body;
  }

  leave() {
    this.story.pause();
    clearTimeout(this.telling);
  }

  update() {
    const { scenes, scene, note } = this.data;
    if (!this.story.at) this.story.at = clamp(scene, 1, scenes.length);
    this.say(note);
    this.controls.take(this.data);
    this.starts = this.data.tensors.map((_, i) => this.data.tensors.slice(0, i).reduce((sum, t) => sum + t.R * t.C, 0));
    if (this.strip.children.length === scenes.length) return;
    const go = (/** @type {number} */ i) => this.story.step(i + 1 - this.story.at);
    this.strip.replaceChildren(
      ...scenes.map(({ title, back }, i) =>
        el("button", {
          type: "button",
          class: back ? "soft back" : "soft",
          text: String(i + 1),
          title,
          "aria-label": `Scene ${i + 1}: ${title}`,
          onclick: () => go(i),
        }),
      ),
    );
  }

  /** The scene that is shown. */
  get scene() {
    return this.data.scenes[this.story.at - 1];
  }

  draw() {
    const { scenes, tensors, weight } = this.data;
    const { title, says, show, back } = this.scene;
    this.card.dataset.rows = this.card.dataset.scene = String(this.story.at);
    this.card.dataset.weight = weight;
    this.story.mark();
    [...this.strip.children].forEach((one, i) =>
      one.setAttribute("aria-current", i + 1 === this.story.at ? "step" : "false"),
    );
    this.says.replaceChildren(el("b", { text: `${this.story.at} of ${scenes.length} · ${title}. ` }), says);
    this.stage.setAttribute("aria-label", `${title}. Arrow keys turn the scenes`);
    this.stage.classList.toggle("back", back);
    const width = roomIn(this.stage) || 600;
    const phone = width < PHONE;
    const first = clamp(window.innerHeight / scale() - BESIDES, LEAST, MOST); // of what is seen without scrolling
    const room = phone ? Infinity : first;
    const of = (/** @type {Scene} */ one) => one.show.map((i) => tensors[i]);
    const size = (/** @type {Scene} */ one) => sizeFor(of(one), one.back, width, room);
    const high = phone ? first : Math.max(first, ...scenes.map((one) => packed(of(one), one.back, size(one), width)));
    this.stage.style.minHeight = high * scale() + "px";
    this.stage.style.maxHeight = phone ? this.stage.style.minHeight : "none";
    this.size = size(this.scene);
    const built = [this.story.at, show].join();
    if (built !== this.built) this.build(show, back);
    this.built = built;
    for (const map of this.maps) this.picture(map);
    this.tell();
  }

  /**
   * The figures of a scene: a map of its numbers each, and on the way back one of their gradients.
   * @param {number[]} show
   * @param {boolean} back
   */
  build(show, back) {
    this.maps = [];
    this.at = null;
    const figures = show.map((i, turn) => {
      if (i < 0) return el("div", { class: "break" });
      const { name, title, shape } = this.data.tensors[i];
      const maps = [this.open(i, false), ...(back ? [this.open(i, true)] : [])];
      this.maps.push(...maps);
      const head = el("b", { class: "mono", text: name.replace(/^step\.|^after\./, "") });
      const caption = el("figcaption", {}, head, ` ${shape}`, el("br"), title);
      const pair = el("div", { class: "pair" }, ...maps.map(({ canvas, words }) => el("div", {}, canvas, words)));
      const figure = el("figure", { "data-name": name }, caption, pair);
      figure.style.setProperty("--turn", String(turn));
      return figure;
    });
    this.stage.replaceChildren(...figures);
  }

  /**
   * @param {number} i
   * @param {boolean} gradient
   * @returns {Shown}
   */
  open(i, gradient) {
    const canvas = /** @type {Shown["canvas"]} */ (el("canvas", { tabindex: 0, role: "img" }));
    wireCells(canvas, {
      point: (cell) => this.point(i, cell),
      choose: (cell) => this.follow(i, cell),
      drag: () => {},
      step: (down, right) => {
        const { R, C } = this.data.tensors[i];
        const [row, column] = this.at?.i === i ? this.at.cell : [-down, -right];
        this.point(i, [clamp(row + down, 0, R - 1), clamp(column + right, 0, C - 1)]);
      },
      enter: () => this.at && this.follow(this.at.i, this.at.cell),
      escape: () => this.point(i, null),
    });
    return { i, gradient, canvas, words: el("small") };
  }

  /** One tensor's numbers. @param {number} i @param {boolean} [gradient] */
  numbers(i, gradient = false) {
    const { R, C } = this.data.tensors[i];
    const from = this.starts[i];
    return (gradient ? this.data.gradients : this.data.values).subarray(from, from + R * C);
  }

  /** @param {Shown} map */
  picture({ i, gradient, canvas, words }) {
    const tensor = this.data.tensors[i];
    const found = sheet(tensor, this.numbers(i, gradient));
    /** @type {[Cell, string][]} */
    const frames = gradient ? [] : tensor.marks.map((column, row) => [[row, column], "--st-text-color"]);
    const [name, row, column] = this.data.weight.split(".");
    if (tensor.weight === name) frames.push([[Number(row) - 1, Number(column) - 1], "--st-orange-color"]);
    if (this.at?.i === i) frames.push([this.at.cell, "--st-blue-color"]);
    const size = ownSize(tensor, this.scene.back, this.size, roomIn(this.stage) || 600);
    drawMap(this.root, canvas, found, size, frames);
    const what = gradient ? "grad" : "";
    words.textContent = scaleWords(found, what, hasNumbers(size));
    const told = this.at?.i === i ? ` ${this.words(i, this.at.cell)}` : "";
    canvas.setAttribute("aria-label", `${tensor.name}${gradient ? ", gradients" : ""}: ${tensor.title}.${told}`);
  }

  /** @param {number} i @param {Cell} cell */
  words(i, [r, c]) {
    const tensor = this.data.tensors[i];
    const at = r * tensor.C + c;
    return tellNumber(tensor, [r, c], this.numbers(i)[at], this.numbers(i, true)[at]);
  }

  /** The fixed line below: what is pointed at, else the followed weight. */
  tell() {
    const follow = this.at && this.data.tensors[this.at.i].weight ? " Click: follow it." : "";
    const told = this.at
      ? this.words(this.at.i, this.at.cell) + follow
      : tellFollowed(this.data.tensors, this.data.values, this.data.weight);
    if (this.readout.textContent !== told) this.readout.textContent = told;
  }

  /** @param {number} i @param {Cell | null} cell */
  point(i, cell) {
    const before = this.at?.i;
    if (!cell && before !== i) return;
    if (before === i && cell && String(this.at?.cell) === String(cell)) return;
    this.at = cell && { i, cell };
    for (const map of this.maps) if (map.i === i || map.i === before) this.picture(map);
    this.tell();
  }

  /** @param {number} i @param {Cell} cell */
  follow(i, [r, c]) {
    const { weight } = this.data.tensors[i];
    this.story.pause();
    if (weight) choose(this, { "film-weight": `${weight}.${r + 1}.${c + 1}` });
    else this.point(i, [r, c]);
  }

  csv() {
    const { tensors, values, gradients, optimizer, taken } = this.data;
    saveCsv(fileRows(tensors, values, gradients), `training-step-${optimizer}-${taken}.csv`);
  }

  /** Left and right turn the scenes, wherever no cell or control needs them. @param {KeyboardEvent} event */
  key(event) {
    const from = event.composedPath()[0];
    const own = from instanceof HTMLCanvasElement || from instanceof HTMLInputElement;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (own || from instanceof HTMLSelectElement || !by) return;
    event.preventDefault();
    this.story.step(by);
  }

  /** Another scene: Python hears of it once it stays. @param {number} scene */
  shown(scene) {
    this.drawSoon();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => choose(this, { "film-scene": String(scene) }), TELL);
  }
}
