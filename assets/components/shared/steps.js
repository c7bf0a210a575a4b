// A slider over the kept steps of a training, with its button that plays them: of the top row and of the timeline.

import { el } from "./dom.js";

const PACE = 60; // milliseconds: Python hears of the first movement at once, then of the newest this often

/**
 * The measured point whose step is nearest; undefined of none.
 * @template {readonly number[]} Point
 * @param {readonly Point[]} points each begins with its step
 * @param {number} step
 * @returns {Point | undefined}
 */
export function nearest(points, step) {
  const away = (/** @type {Point} */ point) => Math.abs(point[0] - step);
  return points.length ? points.reduce((a, b) => (away(b) < away(a) ? b : a)) : undefined;
}

export class StepSlider {
  /**
   * @param {HTMLButtonElement} play
   * @param {object} does
   * @param {number} does.every milliseconds a step while it plays
   * @param {() => void} does.draw the panel, after any change here
   * @param {(step: number | string) => void} does.tell Python
   */
  constructor(play, { every, draw, tell }) {
    /** @type {number[]} */
    this.steps = [];
    this.every = every;
    this.draw = draw;
    this.tell = tell;
    /** @type {number | undefined} what Python was asked for and has not shown yet */
    this.want = undefined;
    /** @type {number | undefined} what Python was told last */
    this.sent = undefined;
    this.turn = false;
    /** @type {unknown} */
    this.rev = undefined;
    /** @type {ReturnType<typeof setTimeout> | null} */
    this.pause = null;
    /** @type {ReturnType<typeof setInterval> | null} */
    this.ticking = null;
    this.input = el("input", { type: "range", min: 0, step: 1, "aria-label": "Training step" });
    this.input.oninput = () => {
      this.halt();
      this.settle(this.place);
    };
    play.onclick = () => (this.ticking ? this.halt() : this.play());
  }

  get place() {
    return +this.input.value;
  }

  set place(place) {
    this.input.value = String(place);
  }

  /** The step that the slider shows. */
  get step() {
    return this.steps[this.place];
  }

  get last() {
    return this.steps.length - 1;
  }

  /**
   * What Python shows now.
   * @param {{ steps: number[], step: number, rev: unknown }} data
   */
  take({ steps, step, rev }) {
    this.steps = steps;
    this.input.max = String(this.last);
    if (this.rev !== rev) {
      this.rev = rev;
      this.want = undefined;
      this.stop();
    }
    if (this.want === step) this.want = undefined; // answered
    if (this.want === undefined) {
      this.sent = undefined;
      this.place = steps.indexOf(step); // also of a run that is followed
    }
  }

  /**
   * The panel follows at once, Python soon.
   * @param {number} place
   */
  settle(place) {
    this.place = place;
    this.want = this.steps[place];
    this.draw();
    this.send();
  }

  send() {
    if (this.pause || this.want === undefined || this.want === this.sent) return;
    this.sent = this.want;
    this.turn = !this.turn; // a number or a word in turns: what looks as it did would not be told again
    this.tell(this.turn ? this.want : String(this.want));
    this.pause = setTimeout(() => {
      this.pause = null;
      this.send();
    }, PACE);
  }

  play() {
    if (this.place === this.last) this.settle(0);
    this.ticking = setInterval(() => {
      if (this.input.isConnected && this.place < this.last) this.settle(this.place + 1);
      else this.halt();
    }, this.every);
    this.draw();
  }

  stop() {
    if (this.ticking) clearInterval(this.ticking);
    this.ticking = null;
  }

  halt() {
    this.stop();
    this.draw();
  }
}
