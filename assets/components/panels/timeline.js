// The timeline: both losses over the steps, marks where something formed, and one slider below that moves the page.

import { move } from "../shared/bus.js";
import { css, dot, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { StepSlider, nearest } from "../shared/steps.js";
import { thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number[]} steps that were kept
 * @property {[step: number, val: number, train: number][]} losses
 * @property {number} step that is shown
 * @property {{ step: number, layer: number, head: number, text: string }[]} events a head takes up a role
 * @property {string} rev another one: Python chose the step
 */

const HIGH = 108;
const LEFT = 34;
const RIGHT = 10;
const FOOT = HIGH - 18; // where the axis of the steps begins

/** @extends {Card<Payload>} */
export default class Timeline extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Training, step by step");
    this.canvas = el("canvas", { role: "img" });
    this.play = el("button", { type: "button", class: "soft" });
    this.slider = new StepSlider(this.play, {
      every: 600,
      draw: () => this.draw(),
      tell: (step) => this.send("slid", step),
    });
    this.label = el("strong", { class: "label" });
    this.marks = el("ul", { class: "marks" });
    const slide = el("div", { class: "slide" }, this.play, this.slider.input, this.label);
    this.body.append(this.canvas, slide, this.marks);
  }

  frame() {
    return this.body;
  }

  update() {
    const { steps, events, step } = this.data;
    this.card.dataset.step = String(step);
    this.marks.replaceChildren(
      ...events.map((event) =>
        el("li", {}, el("button", { type: "button", text: event.text, onclick: () => this.go(event) })),
      ),
    );
    this.slider.take(this.data);
    const what = "Validation (line) and training loss (dots), nats a token. ";
    this.say(
      (steps.length > 1 ? what : "Only one step of this model was kept. ") +
        (events.length
          ? "Marks: a head takes up a role on your text, and keeps it."
          : "No head takes up a clear role on this text."),
    );
  }

  /** @param {Payload["events"][number]} event */
  go({ layer, head, step }) {
    this.slider.halt();
    move({ layer, head, mode: "head" });
    this.slider.settle(this.data.steps.indexOf(step));
  }

  draw() {
    const { steps, losses, events } = this.data;
    const { step, last, input, ticking } = this.slider;
    const known = nearest(losses, step);
    this.play.textContent = ticking ? "Pause" : "Play";
    let label = `step ${thousands(step)} of ${thousands(steps[last])}`;
    if (known) label += `, validation loss ${known[1].toFixed(3)}`;
    if (known && known[0] !== step) label += ` (measured at ${thousands(known[0])})`;
    this.label.textContent = label;
    input.setAttribute("aria-valuetext", label);
    [...this.marks.children].forEach((mark, i) => mark.classList.toggle("past", events[i].step <= step));
    this.picture();
  }

  /** The slider's stops are equally far apart, the picture's steps by their logarithm: a line joins the two. */
  picture() {
    const { steps, losses, events } = this.data;
    const { step, last } = this.slider;
    const width = this.width(600);
    const context = sharp(this.canvas, width, HIGH);
    const main = css(this.root, "--st-primary-color");
    const all = losses.flatMap(([, val, train]) => [val, train]);
    const top = Math.max(...all);
    const low = Math.min(...all);
    const x = (/** @type {number} */ at) => LEFT + (Math.log1p(at) / Math.log1p(steps[last])) * (width - LEFT - RIGHT);
    const y = (/** @type {number} */ loss) => 10 + ((top - loss) / (top - low || 1)) * (HIGH - 40);
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    context.fillStyle = css(this.root, "--st-text-color");
    for (const loss of [top, (top + low) / 2, low]) context.fillText(loss.toFixed(2), 0, y(loss) + 4);
    for (const tick of [0, 1, 10, 100, 1000, 10000].filter((t) => t <= steps[last])) {
      context.fillText(thousands(tick), x(tick) - 4, HIGH - 2);
      context.fillRect(x(tick), FOOT, 1, 4);
    }
    const curve = (/** @type {1 | 2} */ column, /** @type {string} */ colour, /** @type {number[]} */ dashes) => {
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.setLineDash(dashes);
      context.beginPath();
      for (const loss of losses) context.lineTo(x(loss[0]), y(loss[column]));
      context.stroke();
      context.fillStyle = colour; // a dot where it was measured: between dots the line only joins them
      for (const loss of losses) dot(context, x(loss[0]), y(loss[column]), 2.5);
    };
    curve(2, css(this.root, "--st-gray-color"), [3, 3]);
    curve(1, main, []);
    context.setLineDash([]);
    context.fillStyle = css(this.root, "--st-orange-color");
    for (const event of events) {
      context.beginPath();
      context.moveTo(x(event.step), FOOT);
      context.lineTo(x(event.step) - 5, FOOT - 9);
      context.lineTo(x(event.step) + 5, FOOT - 9);
      context.fill();
    }
    context.fillStyle = main;
    context.fillRect(x(step) - 1, 4, 2, FOOT - 4);
    const words = `Losses from ${top.toFixed(2)} down to ${low.toFixed(2)} nats. `;
    this.canvas.setAttribute("aria-label", words + events.map((event) => event.text).join(" "));
  }
}
