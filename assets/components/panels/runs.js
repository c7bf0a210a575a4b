// The runs as a table. A click anywhere on a row, or the arrow keys on a name, shows that run; its box lays its losses
// over those of the shown one. A row is the id of its run, never its place: places change when somebody adds a run.

import { arrow, clamp, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { thousands } from "../shared/text.js";

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {string} name
 * @property {string} state as people say it
 * @property {string} about what is different about it; of one that cannot be read: why
 * @property {boolean} readable
 * @property {number} step
 * @property {number} steps
 * @property {number | null} val nats a character
 * @property {number | null} train nats a character
 */
/**
 * @typedef {object} Payload
 * @property {string} note
 * @property {Row[]} rows the newest first
 * @property {string} run the shown one's id
 * @property {string[]} over ids of those that are laid over it
 * @property {number} ack the latest choice made here that Python has seen
 */

const HEADS = ["compare", "name", "state", "step", "validation", "training"];

const HEAD = 30; // pixels of the head that stays on top

/**
 * What stands in a row's cells after its name.
 * @param {Row} row
 */
function cells({ readable, state, step, steps, val, train }) {
  const loss = (/** @type {number | null} */ nats) => (nats === null ? "–" : nats.toFixed(3));
  if (!readable) return [state, "", "", ""];
  return [state, `${thousands(step)} / ${thousands(steps)}`, loss(val), loss(train)];
}

/** One run's row, which stays the same element for as long as there is the run. */
class Line {
  /**
   * @param {string} id
   * @param {{ show: (id: string) => void, lay: (id: string, on: boolean) => void }} on
   */
  constructor(id, { show, lay }) {
    this.box = el("input", { type: "checkbox" });
    this.box.onchange = () => lay(id, this.box.checked);
    this.name = el("button", { class: "name", type: "button" });
    this.about = el("span", { class: "about" });
    this.cells = HEADS.slice(2).map((head) => el("td", { class: head }));
    const box = el(
      "td",
      { class: "compare", onclick: (/** @type {Event} */ event) => event.stopPropagation() },
      this.box,
    );
    const who = el("td", { class: "who" }, this.name, this.about);
    this.element = el("tr", { "data-run": id, onclick: () => show(id) }, box, who, ...this.cells);
  }

  /**
   * @param {Row} row
   * @param {boolean} shown
   * @param {boolean} over
   */
  draw(row, shown, over) {
    this.element.classList.toggle("shown", shown);
    write(this.name, row.name);
    write(this.about, row.about);
    this.name.tabIndex = shown ? 0 : -1;
    this.name.setAttribute("aria-current", String(shown));
    this.box.checked = over || shown;
    this.box.disabled = shown || !row.readable;
    this.box.setAttribute("aria-label", `lay the losses of ${row.name} over the shown ones`);
    cells(row).forEach((text, i) => write(this.cells[i], text));
  }
}

/**
 * @param {Element} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @extends {Card<Payload>} */
export default class Runs extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Runs");
    /** @type {Map<string, Line>} */
    this.lines = new Map();
    this.count = 0;
    this.run = "";
    /** @type {Set<string>} */
    this.over = new Set();
    const heads = HEADS.map((head) => el("th", { scope: "col", class: head, text: head }));
    this.rows = el("tbody");
    this.rows.onkeydown = (event) => this.key(event);
    this.body.append(el("table", { "aria-label": "Runs" }, el("thead", {}, el("tr", {}, ...heads)), this.rows));
  }

  update() {
    const { note, rows, run, over, ack } = this.data;
    this.say(note);
    const elsewhere = ack >= this.count && run !== this.run; // Python chose it
    if (ack >= this.count) [this.count, this.run, this.over] = [ack, run, new Set(over)];
    for (const [id, line] of this.lines) {
      if (rows.some((row) => row.id === id)) continue;
      line.element.remove();
      this.lines.delete(id);
    }
    rows.forEach(({ id }, place) => {
      const line = this.lines.get(id) ?? this.add(id);
      if (this.rows.children[place] !== line.element) {
        this.rows.insertBefore(line.element, this.rows.children[place] ?? null);
      }
    });
    if (elsewhere) this.body.scrollTop = (this.lines.get(run)?.element.offsetTop ?? 0) - HEAD;
  }

  draw() {
    for (const row of this.data.rows) {
      this.lines.get(row.id)?.draw(row, row.id === this.run, this.over.has(row.id));
    }
  }

  /** @param {string} id */
  add(id) {
    const line = new Line(id, {
      show: (run) => this.choose(run, this.over),
      lay: (other, on) => this.choose(this.run, on ? [...this.over, other] : [...this.over].filter((o) => o !== other)),
    });
    this.lines.set(id, line);
    return line;
  }

  /**
   * Shown at once; Python draws the rest of the page.
   * @param {string} run
   * @param {Iterable<string>} over
   */
  choose(run, over) {
    const there = new Set(this.data.rows.map((row) => row.id));
    this.run = run;
    this.over = new Set([...over].filter((id) => id !== run && there.has(id)));
    this.count += 1;
    this.send("picked", { run, over: [...this.over], n: this.count });
    this.drawNow();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const [down] = arrow(event.key) ?? [0];
    const ids = this.data.rows.map((row) => row.id);
    const from = ids.findIndex((id) => this.lines.get(id)?.name === event.target);
    if (!down || from < 0) return;
    event.preventDefault();
    const next = ids[clamp(from + down, 0, ids.length - 1)];
    if (next !== this.run) this.choose(next, this.over);
    this.lines.get(next)?.name.focus();
  }
}
