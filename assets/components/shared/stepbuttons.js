// Buttons over a picture whose axis is a training's kept steps: one a step, as wide as what is nearest to it, and one
// where something is marked. The pointer or the arrow keys look, a click or Enter goes there.

import { clamp, el } from "./dom.js";
import { along } from "./training.js";

/** @typedef {{ step: number, layer: number, head: number, text: string }} Mark */

const KEYS = "arrow keys look, Enter goes there";

export class StepButtons {
  /**
   * @param {object} does
   * @param {(step: number) => void} does.go to a kept step
   * @param {(mark: Mark) => void} does.turn to a mark, the first of its step
   * @param {(step: number | null) => void} does.peek at a step; null: no longer
   */
  constructor({ go, turn, peek }) {
    this.go = go;
    this.turn = turn;
    this.peek = peek;
    this.stops = el("div", { role: "group", "aria-label": `Kept steps: ${KEYS}` });
    this.marks = el("div", { role: "group", "aria-label": `Marked steps: ${KEYS}` });
    this.box = el("div", { class: "stops" }, this.stops, this.marks);
    this.known = "";
    /** @type {HTMLButtonElement[][]} of the kept steps, of the marks */
    this.rows = [[], []];
  }

  /**
   * @param {readonly number[]} steps
   * @param {readonly Mark[]} marks at kept steps, rising
   * @param {(step: number) => string} tell what is known of a step
   */
  take(steps, marks, tell) {
    const last = steps.length - 1;
    const labels = steps.map(tell);
    const known = JSON.stringify([labels, marks]);
    if (known === this.known) return; // what has the pointer, or the focus, keeps it
    this.known = known;
    const stops =
      last < 1 ? [] : steps.map((step, i) => this.stop(step, labels[i], (i - 0.5) / last, (i + 0.5) / last));
    const marked = [...new Set(marks.map((mark) => mark.step))].map((step) => {
      const here = marks.filter((mark) => mark.step === step);
      const button = this.button(step, here.map((mark) => mark.text).join(" "), () => this.turn(here[0]));
      button.className = "mark";
      button.style.setProperty("--at", String(along(steps, step)));
      return button;
    });
    this.rows = [stops, marked];
    this.stops.replaceChildren(...stops);
    this.marks.replaceChildren(...marked);
    this.box.hidden = last < 1;
  }

  /**
   * @param {number} step
   * @param {string} label
   * @param {number} from share of the axis
   * @param {number} to
   */
  stop(step, label, from, to) {
    const button = this.button(step, label, () => this.go(step));
    button.className = "stop";
    button.style.setProperty("--begin", String(Math.max(0, from)));
    button.style.setProperty("--end", String(Math.min(1, to)));
    return button;
  }

  /**
   * @param {number} step
   * @param {string} label
   * @param {() => void} onclick
   */
  button(step, label, onclick) {
    const onpointerenter = () => this.peek(step);
    const onblur = () => this.peek(null);
    const button = el("button", { type: "button", "aria-label": label, title: "", onclick, onpointerenter, onblur });
    button.dataset.at = String(step);
    button.onpointerleave = onblur;
    button.onfocus = () => button.matches(":focus-visible") && this.peek(step);
    button.onkeydown = (event) => this.key(event, button);
    return button;
  }

  /**
   * Which step is shown. Of each row one button is reached by Tab: the last one up to that step.
   * @param {number} step
   */
  show(step) {
    for (const row of this.rows) {
      const here = Math.max(
        0,
        row.findLastIndex((button) => Number(button.dataset.at) <= step),
      );
      row.forEach((button, i) => {
        button.tabIndex = i === here ? 0 : -1;
        button.classList.toggle("past", Number(button.dataset.at) <= step);
        button.setAttribute("aria-current", Number(button.dataset.at) === step ? "step" : "false");
      });
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLButtonElement} button
   */
  key(event, button) {
    const row = this.rows.find((one) => one.includes(button)) ?? [];
    const now = row.indexOf(button);
    /** @type {Record<string, number>} */
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: row.length - 1 };
    if (event.key === "Escape") this.peek(null);
    if (!(event.key in to)) return;
    event.preventDefault();
    row[clamp(to[event.key], 0, row.length - 1)].focus();
  }
}
