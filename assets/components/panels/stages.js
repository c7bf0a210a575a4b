// One head in six pictures: q and k -> q·k -> divided by sqrt(D) -> mask -> softmax -> weighted sum of v. Drawn from
// the model's own float32 numbers; a cell under the pointer lights its row, its column and its fellows in every stage.

import { bus, hover, looking, move, tell } from "../shared/bus.js";
import { clamp, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { wireCells } from "../shared/pointer.js";
import { StageFigure } from "../shared/stagefigure.js";
import { LAST, SOFTMAX, STAGES, isQuery, isSquare, nameOf, says, tellNumber } from "../shared/stages.js";

/** @typedef {import("../shared/stages.js").Part} Part */
/** @typedef {import("../shared/stages.js").Cell} Cell */
/** @typedef {import("../shared/cells.js").CellCanvas} CellCanvas */
/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} D numbers a token and head
 * @property {number} L layers of the model
 * @property {number} layer
 * @property {number} head
 * @property {string[]} tokens
 * @property {number} C the width, all heads together
 * @property {number} scale what the scores are multiplied by
 * @property {boolean} causal
 * @property {[part: Part, row: number, column: number] | null} cell whose sum is worked out
 * @property {string} note
 * @property {Float32Array} q (T, D)
 * @property {Float32Array} k (T, D)
 * @property {Float32Array} v (T, D)
 * @property {Float32Array} dot (T, T)
 * @property {Float32Array} scaled (T, T)
 * @property {Float32Array} pattern (T, T)
 * @property {Float32Array} z (T, D)
 */

const GROW = 900; // milliseconds that a stage draws itself
const REST = 1_300; // milliseconds that it then stays
const TICK = 50;

/** @extends {Card<Payload>} */
export default class Stages extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "One head, stage by stage", "run");
    this.version = 0; // of the numbers
    this.focus = SOFTMAX; // the stage that is large
    this.shown = LAST; // stages up to this one are drawn
    this.from = 0; // tokens in sight
    this.to = Infinity;
    this.grown = 1; // how much of the large stage is drawn
    /** @type {Cell | null} under the pointer */
    this.over = null;
    /** @type {ReturnType<typeof setInterval> | null} */
    this.timer = null;
    const button = (
      /** @type {string} */ text,
      /** @type {string | null} */ label,
      /** @type {() => void} */ onclick,
    ) => el("button", { type: "button", class: "soft", text, "aria-label": label, onclick });
    this.play = button("▶ Play", "Play the stages", () => this.toggle());
    this.chips = STAGES.map(({ name }, i) =>
      button(`${i + 1} ${name}`, `Stage ${i + 1}: ${name}`, () => this.halt(i, LAST)),
    );
    this.whole = button("", null, () => this.zoom(0, Infinity));
    const back = button("◀", "Back one stage", () => this.halt(Math.max(0, this.focus - 1)));
    const on = button("▶|", "One stage on", () => this.halt(Math.min(LAST, this.focus + 1)));
    const save = button("PNG", "Save these stages as a PNG picture", () => this.save());
    this.bar = el("div", { class: "row" }, back, this.play, on, ...this.chips, this.whole, save);
    this.says = el("p", { class: "says", "aria-live": "polite" });
    this.figures = STAGES.map((_, i) => new StageFigure(root, i));
    for (const { maps } of this.figures) for (const { canvas, part } of maps) this.wire(canvas, part);
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    const figures = el("div", { class: "figures" }, ...this.figures.map(({ figure }) => figure));
    this.body.append(this.bar, this.says, figures, this.readout);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    const { layer, head, T } = this.data;
    this.version += 1;
    bus.stages = this.data; // the neuron panel reads q and k
    this.card.dataset.stages = [layer, head, T].join();
    tell("stages", {});
  }

  leave() {
    this.still();
  }

  /** Nothing moves by itself any more. */
  still() {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.grown = 1;
  }

  /**
   * Stop at a stage.
   * @param {number} focus
   * @param {number} [shown]
   */
  halt(focus, shown = focus) {
    this.still();
    this.go(focus, shown);
  }

  /**
   * @param {number} focus
   * @param {number} [shown]
   */
  go(focus, shown = focus) {
    this.focus = focus;
    this.shown = shown;
    this.draw();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  zoom(from, to) {
    this.from = from;
    this.to = to;
    this.draw();
  }

  toggle() {
    if (this.timer) this.halt(this.focus, this.shown);
    else this.start();
  }

  /** One stage after the other, each drawing itself row by row; at once for those who want no movement. */
  start() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const first = calm ? 1 : 0;
    let began = performance.now();
    this.grown = first;
    this.timer = setInterval(() => {
      const age = performance.now() - began;
      const before = this.grown;
      this.grown = calm ? 1 : Math.min(1, age / GROW);
      if (age <= GROW + REST) {
        if (this.grown !== before) this.draw();
      } else if (this.focus === LAST) this.halt(LAST, this.shown);
      else {
        began = performance.now();
        this.grown = first;
        this.go(this.focus + 1);
      }
    }, TICK);
    this.go(0);
  }

  /** The tokens that are in sight, from one to before another. */
  inSight() {
    const to = Math.min(this.to, this.data.T);
    return [Math.min(this.from, Math.max(0, to - 1)), to];
  }

  save() {
    const { layer, head } = this.data;
    const maps = this.figures.slice(0, this.shown + 1).flatMap((figure) => figure.maps);
    const canvases = maps.map(({ canvas }) => canvas);
    const names = maps.map(({ part }) => part);
    savePng(this.root, canvases, names, `attention-layer-${layer + 1}-head-${head + 1}.png`);
  }

  draw() {
    const { T, L, D, layer, head, note, cell } = this.data;
    const none = !T || !L;
    for (const part of [this.bar, this.says, this.readout, ...this.figures.map(({ figure }) => figure)])
      part.hidden = none;
    if (none) {
      return this.say(
        L ? "The arithmetic of one head appears here with the first character." : "This model has no attention.",
      );
    }
    const what = `Layer ${layer + 1}, head ${head + 1}; D = ${D} numbers a token.`;
    const how = "Click a cell and its sum stands below; drag over a map to zoom, Escape shows all.";
    this.say(`${what} ${how}${note ? " " + note : ""}`);
    const [from, to] = this.inSight();
    this.play.textContent = this.timer ? "⏸ Pause" : "▶ Play";
    this.chips.forEach((chip, i) => {
      chip.textContent = `${i + 1} ${nameOf(i, this.data)}`;
      chip.setAttribute("aria-label", `Stage ${i + 1}: ${nameOf(i, this.data)}`);
      chip.setAttribute("aria-pressed", String(i === this.focus));
    });
    this.whole.hidden = to - from === T;
    this.whole.textContent = `Tokens ${from + 1} to ${to}: show all ${T}`;
    this.says.textContent = says(this.focus, this.data);
    this.figures.forEach(({ figure }, i) => {
      figure.classList.toggle("focus", i === this.focus);
      figure.classList.toggle("later", i > this.shown);
    });
    this.figures.slice(0, this.shown + 1).forEach((figure, i) => {
      figure.draw(this.data, { from, to, version: this.version, grown: i === this.focus ? this.grown : 1 });
    });
    const chosen = bus.view.cell ?? cell;
    const said = this.over ?? (chosen && { part: chosen[0], row: chosen[1], column: chosen[2] });
    this.readout.textContent = said ? tellNumber(this.data, said) : "Point at a cell to read it.";
  }

  /** @param {Cell | null} over */
  point(over) {
    this.over = over;
    if (!over) hover(null);
    else if (isSquare(over.part)) hover(over.row, over.column);
    else if (isQuery(over.part)) hover(over.row, bus.view.key);
    else hover(bus.view.hover ?? bus.view.pin ?? this.data.T - 1, over.row);
    this.draw();
  }

  /** @param {Cell} cell */
  choose({ part, row, column }) {
    move({ cell: [part, row, column] });
  }

  /**
   * @param {CellCanvas} canvas
   * @param {Part} part
   */
  wire(canvas, part) {
    const square = isSquare(part);
    /** @returns {Cell} */
    const cell = (/** @type {[number, number]} */ [row, column]) => {
      const [from] = this.inSight();
      return { part, row: from + row, column: (square ? from : 0) + column };
    };
    const current = () => {
      const [from, to] = this.inSight();
      const row = clamp(looking(this.data.T), from, to - 1);
      return this.over?.part === part ? this.over : { part, row, column: square ? row : 0 };
    };
    const step = (/** @type {number} */ down, /** @type {number} */ right) => {
      const [from, to] = this.inSight();
      const [first, end] = square ? [from, to] : [0, this.data.D];
      const { row, column } = current();
      return { part, row: clamp(row + down, from, to - 1), column: clamp(column + right, first, end - 1) };
    };
    wireCells(canvas, {
      point: (at) => this.point(at && cell(at)),
      choose: (at) => this.choose(cell(at)),
      drag: (one, other) => {
        const tokens = square ? [...one, ...other] : [one[0], other[0]];
        const [from] = this.inSight();
        const first = from + Math.min(...tokens);
        this.zoom(first, Math.max(from + Math.max(...tokens) + 1, first + 4));
      },
      step: (down, right) => this.point(step(down, right)),
      enter: () => this.choose(step(0, 0)),
      escape: () => {
        this.zoom(0, Infinity);
        move({ pin: null });
        this.point(null);
      },
    });
  }
}
