// A slider over the kept steps of a training, with the button that plays them and the line that tells the step: of the
// top row and of the timeline.

import { el } from "./dom.js";
import { along } from "./training.js";

const PACE = 60; // milliseconds: Python hears of the first movement at once, then of the newest this often

export class StepSlider {
  /**
   * @param {object} does
   * @param {number} does.every milliseconds a step while it plays
   * @param {() => void} does.draw the panel, after any change here
   * @param {(step: number | string) => void} does.tell Python
   */
  constructor({ every, draw, tell }) {
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
    this.input = el("input", { type: "range", class: "steps", min: 0, step: 1, "aria-label": "Training step" });
    this.input.oninput = () => {
      this.halt();
      this.settle(this.place);
    };
    this.play = el("button", { type: "button", class: "play" });
    this.play.onclick = () => (this.ticking ? this.halt() : this.start());
    this.words = el("span");
    this.label = el("span", { class: "told" }, this.words);
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
    // Or it is no longer kept: of a run that goes on, or of another one.
    if (this.want !== undefined && !steps.includes(this.want)) this.want = undefined;
    if (this.want === undefined) this.sent = undefined;
    this.place = steps.indexOf(this.want ?? step); // also of a run that is followed, or that keeps other steps now
  }

  /**
   * Button, slider and line as they are now. The line keeps the room of the longest, so that nothing beside it moves.
   * @param {(step: number) => string} tell what is known of a step
   * @param {number} [at] the step that it tells of
   * @param {readonly number[]} [all] those that it may tell of
   */
  show(tell, at = this.step, all = this.steps) {
    this.play.textContent = this.ticking ? "❚❚" : "▶";
    this.play.setAttribute("aria-label", this.ticking ? "Pause" : "Play the training");
    this.play.hidden = this.input.hidden = this.last < 1;
    this.words.textContent = tell(at);
    this.label.dataset.room = all.map(tell).reduce((a, b) => (b.length > a.length ? b : a));
    this.input.setAttribute("aria-valuetext", tell(this.step));
    this.input.style.setProperty("--at", String(along(this.steps, this.step)));
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

  start() {
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
