// The timeline: both losses over the kept steps, marks where a head took up its role, and below, on the same axis, one
// slider that moves the page. A click on the picture goes to the nearest kept step.

import { move } from "../shared/bus.js";
import { css, dot, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { StepSlider } from "../shared/steps.js";
import { StepButtons } from "../shared/stepbuttons.js";
import { along, curve, heights, nearest, onAxis, tellStep } from "../shared/training.js";
import { thousands } from "../shared/text.js";

/** @typedef {import("../shared/stepbuttons.js").Mark} Mark a head takes up its role */
/** @typedef {import("../shared/training.js").Losses} Losses */
/**
 * @typedef {object} Payload
 * @property {number[]} steps that were kept
 * @property {Losses[]} losses
 * @property {number} step that is shown
 * @property {Mark[]} events
 * @property {string} note what the marks are, or why there are none
 * @property {boolean} changing whether another text, or the training, may bring other marks
 * @property {string} rev another one: Python chose the step
 */

// In pixels of a usual page, as in timeline.css.
const HIGH = 108;
const LEFT = 44; // of the first stop
const RIGHT = 12; // of the last
const FOOT = HIGH - 18; // where the axis of the steps begins
const MARKS = 12; // high, above it
const APART = 6; // two numbers on it

/** @extends {Card<Payload>} */
export default class Timeline extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Training, step by step");
    this.slider = new StepSlider({
      every: 600,
      draw: () => this.draw(),
      tell: (step) => this.send("slid", step),
    });
    const { input, play, label } = this.slider;
    /** @type {number | null} the step that the pointer, or the keyboard, is on */
    this.peeked = null;
    this.stops = new StepButtons({
      go: (step) => this.go(step),
      peek: (step) => this.peek(step),
      turn: (mark) => this.turn(mark),
    });
    this.canvas = el("canvas", { role: "img" });
    this.canvas.onpointermove = (event) => this.point(placeOf(event).x);
    this.canvas.onpointerleave = () => this.peek(null);
    this.list = el("ul", { class: "marks" });
    this.known = ""; // the marks in the list
    this.chart = el("div", { class: "chart" }, this.canvas, this.stops.box);
    this.top.append(label);
    this.body.append(this.chart, el("div", { class: "slide" }, play, input), this.list);
  }

  frame() {
    return this.body;
  }

  update() {
    const { steps, losses, events, note, changing, step } = this.data;
    this.card.dataset.step = String(step);
    this.chart.hidden = steps.length < 2 && losses.length < 2; // nothing to compare: the line tells it all
    this.card.classList.toggle("changing", changing && steps.length > 1);
    this.slider.take(this.data);
    this.stops.take(steps, events, (at) => this.told(at));
    this.listed();
    const legend = "Solid: validation loss; dashed: training loss; in nats a character. ";
    this.say((losses.length ? legend : "Its file tells no losses. ") + note);
  }

  /** All marks in words; buttons that were there stay, with the focus. */
  listed() {
    const { events } = this.data;
    const known = JSON.stringify(events);
    if (this.known === known) return;
    this.known = known;
    this.list.replaceChildren(
      ...events.map((mark) =>
        el("li", {}, el("button", { type: "button", text: mark.text, onclick: () => this.turn(mark) })),
      ),
    );
  }

  /** @param {number} step */
  told(step) {
    const both = (/** @type {Losses} */ [, val, train]) =>
      `, validation loss ${val.toFixed(3)}, training loss ${train.toFixed(3)}`;
    return tellStep(this.data, step, both);
  }

  /** @param {number} step that is kept */
  go(step) {
    this.slider.stop();
    this.slider.settle(this.data.steps.indexOf(step));
  }

  /**
   * To the head of a mark, at its step.
   * @param {Mark} mark
   */
  turn({ layer, head, step }) {
    move({ layer, head, mode: "head" });
    this.go(step);
  }

  /**
   * Where there is nothing to slide, the pointer still reads the losses.
   * @param {number} x
   */
  point(x) {
    if (this.slider.last > 0) return;
    const places = this.data.losses.map(([at]) => /** @type {const} */ ([this.x(at), at]));
    this.peek(nearest(places, x)?.[1] ?? null);
  }

  /** @param {number | null} step that the pointer, or the keyboard, is on */
  peek(step) {
    if (this.peeked === step) return;
    this.peeked = step;
    this.draw();
  }

  draw() {
    const { steps, losses, events } = this.data;
    const { step, last } = this.slider;
    const all = last > 0 ? steps : [step, ...losses.map(([at]) => at)];
    if (this.peeked !== null && !all.includes(this.peeked)) this.peeked = null; // of another model
    const at = this.peeked ?? step;
    this.slider.show((one) => this.told(one), at, all);
    this.slider.label.classList.toggle("peeked", at !== step);
    this.stops.show(step);
    [...this.list.children].forEach((mark, i) => {
      mark.classList.toggle("past", events[i].step <= step);
      mark.classList.toggle("peeked", events[i].step === this.peeked);
    });
    this.picture(step, at);
  }

  /**
   * Where a step stands: its losses are above its stop on the slider.
   * @param {number} at
   */
  x(at) {
    return LEFT + along(this.data.steps, at) * (this.width(600) - LEFT - RIGHT);
  }

  /**
   * @param {number} step that is shown
   * @param {number} peeked the other one that is looked at, if any
   */
  picture(step, peeked) {
    const losses = onAxis(this.data.steps, this.data.losses);
    const context = sharp(this.canvas, this.width(600), HIGH);
    const [main, grey] = [css(this.root, "--st-primary-color"), css(this.root, "--st-gray-color")];
    const values = losses.flatMap(([, ...both]) => both);
    const { low, high, y } = heights(values, 10, FOOT - MARKS);
    const x = (/** @type {number} */ at) => this.x(at);
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    context.fillStyle = css(this.root, "--st-text-color");
    this.axis(context);
    const between = losses.length ? `between ${low.toFixed(2)} and ${high.toFixed(2)} nats a character` : "not told";
    this.canvas.setAttribute("aria-label", `Losses ${between}.`);
    if (!losses.length) return;
    const marked = [high, (high + low) / 2, low].map((loss) => /** @type {const} */ ([loss.toFixed(2), loss]));
    for (const [name, loss] of new Map(marked)) context.fillText(name, 0, y(loss) + 4);
    curve(context, { x, y }, losses, 2, { colour: grey, width: 2, dashes: [3, 3], radius: 2.5 });
    curve(context, { x, y }, losses, 1, { colour: main, width: 2, radius: 2.5 });
    context.fillStyle = main;
    for (const at of new Set([step, peeked])) {
      const known = nearest(losses, at);
      context.globalAlpha = at === step ? 1 : 0.5;
      context.fillRect(x(at) - 1, 4, 2, FOOT - 4);
      if (known) dot(context, x(at), y(known[1]), 4.5);
    }
  }

  /**
   * The steps, as many as there is room for: the first, the last, and from the left those between.
   * @param {CanvasRenderingContext2D} context
   */
  axis(context) {
    const { steps, losses } = this.data;
    const all = steps.length > 1 ? steps : [...new Set([...losses.map(([at]) => at), ...steps])];
    const last = all.length - 1;
    const names = all.map(thousands);
    const half = names.map((name) => context.measureText(name).width / 2);
    const right = this.width(600);
    const place = (/** @type {number} */ i) => Math.min(this.x(all[i]), right - half[i]);
    context.fillText("step", 0, HIGH - 2);
    let taken = context.measureText("step").width;
    for (const i of all.keys()) {
      context.fillRect(this.x(all[i]), FOOT, 1, 4);
      const [from, to] = [place(i) - half[i], place(i) + half[i]];
      if (from < taken + APART || (i < last && to + APART > place(last) - half[last])) continue;
      context.fillText(names[i], from, HIGH - 2);
      taken = to;
    }
  }
}
