// A forward to complete: lines are chosen, moved and indented, by pointer or keyboard; Python runs what they stand for.
// A line that is chosen is only marked in the list of lines, so that nothing moves under the next tap.

import { besideTruth } from "../shared/besidetruth.js";
import { el, focused } from "../shared/dom.js";
import { HintList, soft, worded } from "../shared/hintlist.js";
import { dragging } from "../shared/linedrag.js";
import { added, moved, without, wordOf } from "../shared/lineplaces.js";
import { Card } from "../shared/panel.js";

/** @typedef {import("../shared/lineplaces.js").Place} Place */
/**
 * @typedef {object} Payload
 * @property {string} exercise
 * @property {[key: string, title: string, solved: boolean][]} exercises
 * @property {string} task
 * @property {string} head the line that is there from the beginning
 * @property {[key: string, text: string, shape: string][]} lines
 * @property {Place[]} placed
 * @property {string} rest the lines of the other exercises, in the link's words
 * @property {string} said
 * @property {boolean} solved
 * @property {number} at the line at which something is wrong, -1: none
 * @property {[at: number, why: string][]} hints
 * @property {Place[]} answer
 * @property {string[]} columns
 * @property {string[]} rows
 * @property {string[][]} truth
 * @property {string[][]} yours
 */

/** @type {[name: string, sign: string, key: string, down: number, right: number][]} */
const MOVES = [
  ["Move up", "↑ up", "ArrowUp", -1, 0],
  ["Move down", "↓ down", "ArrowDown", 1, 0],
  ["Indent less", "← out", "ArrowLeft", 0, -1],
  ["Indent more", "→ in", "ArrowRight", 0, 1],
];

/** @extends {Card<Payload>} */
export default class Puzzle extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Complete the forward", "run");
    this.card.dataset.puzzle = "";
    /** @type {Place[]} the lines as they stand here, which may be ahead of Python */
    this.places = [];
    this.shown = ""; // the exercise
    this.sent = ""; // the lines that Python knows of, or soon will
    this.waiting = false; // whether what is shown of the run is of other lines than these
    this.chosen = ""; // the key of the line that the buttons move
    /** The buttons of the lines to choose from, and of the program. @type {Map<string, HTMLButtonElement>} */
    this.offered = new Map();
    /** @type {Map<string, HTMLButtonElement>} */
    this.placed = new Map();
    this.tabs = el("div", { class: "row tabs", role: "group", "aria-label": "Exercises" });
    this.offer = el("div", { class: "offer", role: "group", "aria-label": "Lines to choose" });
    this.program = el("ol", { class: "program", "aria-label": "Your program" });
    dragging(
      this.program,
      (grip) => this.grip(grip),
      (at, depth) => this.put(moved(this.places, this.chosen, at - 1, depth), false),
      () => this.tell(),
    );
    this.moves = MOVES.map(([name, sign, , down, right]) => soft(sign, () => this.move(down, right), name));
    this.drop = soft("✕ take out", () => this.takeOut(this.chosen));
    const named = { class: "row tools", role: "group", "aria-label": "The marked line" };
    const tools = el("div", named, ...this.moves, this.drop);
    this.said = el("p", { class: "said", role: "status" });
    this.hints = new HintList(() => this.solve());
    this.tables = el("div", { class: "tables" });
    this.body.append(
      this.tabs,
      el(
        "div",
        { class: "work" },
        el("div", {}, el("h4", { text: "Lines to choose (some with a slip)" }), this.offer),
        el("div", {}, el("h4", { text: "Your program" }), this.program, tools, this.said, ...this.hints.elements),
        this.tables,
      ),
    );
  }

  update() {
    const { exercise, placed } = this.data;
    const word = wordOf(placed);
    const other = exercise !== this.shown;
    if (other) this.chosen = "";
    // An answer to an older move changes nothing here: the newer one is under way.
    if (other || !this.waiting || this.sent === word) {
      if (other || word !== wordOf(this.places)) this.hints.steps = 0;
      this.places = placed.map(([key, depth]) => [key, depth]);
      this.sent = word;
      this.waiting = false;
    }
    if (other) this.hints.open = false;
    this.shown = exercise;
  }

  draw() {
    const { exercises, exercise, task, said, solved } = this.data;
    this
      .say(`${task} Choose lines; move the marked one by its grip, the buttons or the arrow keys, to the side to indent.
      It runs on a small model after every move.`);
    this.tabs.replaceChildren(
      ...exercises.map(([key, title, done]) =>
        el("button", {
          type: "button",
          class: "soft",
          text: (done ? "✓ " : "") + title,
          "aria-pressed": String(key === exercise),
          onclick: () => this.send("choice", this.words(key)),
        }),
      ),
    );
    this.drawLines();
    this.card.dataset.puzzle = this.waiting ? "waiting" : solved ? "solved" : "open";
    this.said.classList.toggle("solved", solved);
    this.said.replaceChildren(...worded(this.waiting ? "Running…" : (solved ? "✓ Solved. " : "") + said));
    this.drawHints();
    this.tables.replaceChildren(...besideTruth(this.data));
  }

  /** The list of lines and the program; the keyboard's focus stays on its line. */
  drawLines() {
    const { lines, head, at } = this.data;
    const there = new Set(this.places.map(([key]) => key));
    const now = focused();
    const kept = [this.offered, this.placed].map((all) => [...all].find(([, button]) => button === now)?.[0]);
    this.offered = new Map(lines.map(([key, text]) => [key, this.choice(key, text, there.has(key))]));
    this.offer.replaceChildren(...this.offered.values());
    const wrong = this.waiting ? -1 : at;
    this.placed.clear();
    const rows = this.places.map(([key, depth], i) => this.row(key, depth, i, i === wrong));
    this.program.replaceChildren(el("li", { class: "mono head", text: head }), ...rows);
    for (const button of [...this.moves, this.drop]) button.disabled = !there.has(this.chosen);
    const again = this.offered.get(kept[0] ?? "") ?? this.placed.get(kept[1] ?? "");
    again?.focus({ preventScroll: true });
  }

  /**
   * A line to choose, or to take out again.
   * @param {string} key
   * @param {string} text
   * @param {boolean} on whether it is in the program
   */
  choice(key, text, on) {
    const onclick = () => (this.at(key) < 0 ? this.add(key) : this.takeOut(key));
    return el("button", { type: "button", class: "line mono", "aria-pressed": String(on), text, onclick });
  }

  /**
   * A line of the program.
   * @param {string} key
   * @param {number} depth
   * @param {number} i
   * @param {boolean} wrong
   */
  row(key, depth, i, wrong) {
    const [, text, shape] = this.data.lines.find(([own]) => own === key) ?? [key, key, ""];
    const button = el(
      "button",
      {
        type: "button",
        class: "line mono",
        "aria-pressed": String(key === this.chosen),
        "aria-label": `Line ${i + 1}, ${depth} in: ${text}`,
        onclick: () => this.mark(key),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event, key),
      },
      el("span", { text }),
      el("span", { class: "shape", text: shape && `# ${shape}` }),
    );
    button.style.marginLeft = `${depth * 1.25}rem`;
    this.placed.set(key, button);
    const grip = el("span", { class: "grip", "aria-hidden": "true", "data-grip": key, text: "⠿" });
    return el("li", { class: wrong ? "wrong" : "" }, grip, el("span", { class: "number", text: i + 1 }), button);
  }

  drawHints() {
    const { hints, answer, lines, head } = this.data;
    const written = answer.map(([key, depth]) => "    ".repeat(depth) + lines.find(([own]) => own === key)?.[1]);
    this.hints.show(hints, [head, ...written].join("\n"), !this.waiting);
  }

  /** @param {string} key */
  add(key) {
    this.put(added(this.places, key, this.at(this.chosen)));
    this.chosen = key;
    this.drawNow();
  }

  /** @param {string} key */
  takeOut(key) {
    const at = this.at(key);
    const beside = this.places[at + 1]?.[0] ?? this.places[at - 1]?.[0] ?? "";
    if (key === this.chosen) this.chosen = beside;
    const inside = [...this.placed.values()].some((button) => button === focused());
    this.put(without(this.places, key));
    if (inside) this.placed.get(beside)?.focus();
  }

  /** @param {string} key */
  mark(key) {
    this.chosen = key;
    this.drawNow();
  }

  /**
   * Move the marked line.
   * @param {number} down
   * @param {number} right
   */
  move(down, right) {
    const at = this.at(this.chosen);
    if (at >= 0) this.put(moved(this.places, this.chosen, at + down, this.places[at][1] + right));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {string} key
   */
  pressed(event, key) {
    const way = MOVES.find(([, , name]) => name === event.key);
    const out = event.key === "Delete" || event.key === "Backspace";
    if ((!way && !out) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.chosen = key;
    if (way) this.move(way[3], way[4]);
    else this.takeOut(key);
  }

  /**
   * The line of a grip that is taken hold of; the head line counts among the list's children.
   * @param {Element} grip
   */
  grip(grip) {
    const at = grip instanceof HTMLElement ? this.at(grip.dataset.grip ?? "") : -1;
    if (at < 0) return null;
    [this.chosen] = this.places[at];
    return { at: at + 1, depth: this.places[at][1] };
  }

  /**
   * Other places, told to Python at once or when the line is let go.
   * @param {Place[]} places
   * @param {boolean} [tell]
   */
  put(places, tell = true) {
    if (wordOf(places) === wordOf(this.places)) return;
    this.places = places;
    this.hints.steps = 0;
    this.waiting = true;
    if (tell) this.tell();
    this.drawNow();
  }

  tell() {
    const word = wordOf(this.places);
    if (word !== this.sent) this.send("choice", this.words(this.shown));
    this.sent = word;
    this.waiting = word !== wordOf(this.data.placed);
    this.drawSoon();
  }

  /**
   * What Python is told: an exercise, and the lines of all.
   * @param {string} exercise
   */
  words(exercise) {
    return { exercise, lines: [wordOf(this.places), this.data.rest].filter(Boolean).join(".") };
  }

  solve() {
    this.put(this.data.answer.map(([key, depth]) => [key, depth]));
  }

  /** @param {string} key */
  at(key) {
    return this.places.findIndex(([own]) => own === key);
  }
}
