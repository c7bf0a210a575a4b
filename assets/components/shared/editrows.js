// The lines of a stack of edits, one below the other: each can be switched, moved, scaled, removed.

import { el, focused } from "./dom.js";
import { amountWord, kindOf } from "./editwords.js";

/** @typedef {import("../panels/edits.js").Line} Line */
/**
 * What a row asks for.
 * @typedef {object} Asks
 * @property {(i: number, on: boolean) => void} turn
 * @property {(i: number, to: number) => void} move
 * @property {(i: number, amount: number) => void} scale while the slider moves
 * @property {() => void} settle it is let go
 * @property {(i: number) => void} remove
 */
/** @typedef {{ node: HTMLElement, box: HTMLInputElement, range: HTMLInputElement, value: HTMLElement }} Row */

const STEPS = 100; // of a slider from its middle to its end

export class Rows {
  /** @param {Asks} asks */
  constructor(asks) {
    this.asks = asks;
    this.list = el("ol", { class: "stack", "aria-label": "The stack of edits, made from top to bottom" });
    /** @type {Row[]} */
    this.rows = [];
    this.shown = ""; // which lines the rows are made for
    this.dragged = -1;
    /** @type {[control: string, i: number] | null} what has the keyboard once the rows are made anew */
    this.focus = null;
  }

  /** @param {Line[]} lines */
  show(lines) {
    const shown = lines.map(({ words, said }) => kindOf(words) + said.replaceAll(/[\d.,-]+/g, "")).join("~");
    if (shown !== this.shown) {
      this.shown = shown;
      const held = this.focus ?? this.held();
      this.rows = lines.map((line, i) => this.row(line, i, lines.length));
      this.list.replaceChildren(...this.rows.map(({ node }) => node));
      if (held) this.give(held[0], Math.min(held[1], lines.length - 1));
    }
    this.focus = null;
    lines.forEach((line, i) => this.update(line, this.rows[i]));
  }

  /**
   * Which control of which row has the keyboard.
   * @returns {[string, number] | null}
   */
  held() {
    const data = focused()?.dataset;
    return data?.control && this.list.contains(focused()) ? [data.control, Number(data.line)] : null;
  }

  /**
   * @param {string} control
   * @param {number} i
   */
  give(control, i) {
    const find = (/** @type {string} */ name) => this.rows[i]?.node.querySelector(`[data-control=${name}]`);
    const found = /** @type {HTMLButtonElement | null | undefined} */ (find(control));
    (found?.disabled ? /** @type {HTMLElement | null} */ (find("turn")) : found)?.focus();
  }

  /**
   * @param {Line} line
   * @param {number} i
   * @param {number} count
   * @returns {Row}
   */
  row(line, i, count) {
    const { asks } = this;
    /** @type {(control: string, text: string, label: string, off: boolean, act: () => void) => HTMLElement} */
    const button = (control, text, label, off, act) => {
      const onclick = () => {
        this.focus = control === "remove" ? ["turn", Math.max(0, Math.min(i, count - 2))] : [control, to(control)];
        act();
      };
      const named = { "aria-label": `${label}: ${line.said}`, title: label, disabled: off };
      return el("button", {
        type: "button",
        class: "soft",
        text,
        "data-control": control,
        "data-line": i,
        onclick,
        ...named,
      });
    };
    const to = (/** @type {string} */ control) => i + (control === "up" ? -1 : control === "down" ? 1 : 0);
    const box = el("input", { type: "checkbox", "data-control": "turn", "data-line": i });
    box.onchange = () => asks.turn(i, box.checked);
    const range = el("input", { type: "range", "data-control": "scale", "data-line": i, hidden: line.amount === null });
    range.oninput = () => asks.scale(i, Number(range.value));
    range.onchange = () => asks.settle();
    const value = el("output", { class: "amount" });
    const grip = el("span", {
      class: "grip",
      draggable: "true",
      "aria-hidden": "true",
      title: "Drag to another place",
      text: "⠿",
    });
    const problem = el("p", { class: "problem", role: "status" });
    const node = el(
      "li",
      {},
      el("div", { class: "line" }, grip, el("label", { class: "said" }, box, " ", el("span"))),
      el("div", { class: "tools" }, range, value,
        button("up", "↑", "Move up", i === 0, () => asks.move(i, i - 1)),
        button("down", "↓", "Move down", i === count - 1, () => asks.move(i, i + 1)),
        button("remove", "×", "Remove", false, () => asks.remove(i))),
      problem,
    ); // prettier-ignore
    this.wire(node, grip, i, count);
    return { node, box, range, value };
  }

  /**
   * Moving a row by dragging it, and by Alt with an arrow key; Delete removes it.
   * @param {HTMLElement} node
   * @param {HTMLElement} grip
   * @param {number} i
   * @param {number} count
   */
  wire(node, grip, i, count) {
    grip.ondragstart = (event) => {
      this.dragged = i;
      event.dataTransfer?.setData("text/plain", String(i + 1));
      event.dataTransfer?.setDragImage(node, 8, 8);
    };
    node.ondragover = (event) => this.dragged >= 0 && event.preventDefault();
    node.ondrop = (event) => {
      event.preventDefault();
      if (this.dragged >= 0 && this.dragged !== i) this.asks.move(this.dragged, i);
      this.dragged = -1;
    };
    grip.ondragend = () => (this.dragged = -1);
    node.onkeydown = (event) => {
      const control = /** @type {HTMLElement} */ (event.target).dataset.control ?? "turn";
      const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
      if (by && i + by >= 0 && i + by < count) {
        event.preventDefault();
        this.focus = [control, i + by];
        this.asks.move(i, i + by);
      } else if (event.key === "Delete") {
        this.focus = ["turn", Math.max(0, Math.min(i, count - 2))];
        this.asks.remove(i);
      }
    };
  }

  /**
   * @param {Line} line
   * @param {Row} row
   */
  update({ said, on, amount, least, most, problem }, { node, box, range, value }) {
    node.classList.toggle("out", !on);
    box.checked = on;
    /** @type {HTMLElement} */ (box.nextElementSibling).textContent = said;
    /** @type {HTMLElement} */ (node.lastElementChild).textContent = problem;
    value.textContent = amount === null ? "" : amountWord(amount);
    range.hidden = value.hidden = amount === null;
    if (amount === null || focused() === range) return; // whoever moves it is ahead of Python
    Object.assign(range, { min: least, max: most, step: (most - least) / (2 * STEPS), value: amount });
    range.setAttribute("aria-label", `How much: ${said}`);
  }
}
