// The tables that a model looks vectors up in: every number of the rows as colour, and the cosine of every two rows.

import { looking } from "../shared/bus.js";
import { drawCells } from "../shared/cells.js";
import { clamp, el, roomIn } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { wireCells } from "../shared/pointer.js";
import { glyph, thousands } from "../shared/text.js";
import { cosines, mostAlike } from "../shared/vectormath.js";

/** @typedef {import("../shared/pointer.js").Cell} Cell */
/** @typedef {import("../shared/cells.js").CellCanvas} CellCanvas */
/** @typedef {import("../shared/cells.js").Mark} Mark */
/**
 * @typedef {object} Payload
 * @property {number} R rows shown
 * @property {number} C
 * @property {number} V rows that the table has
 * @property {string} of another one: other numbers
 * @property {string} which "tokens" or "positions"
 * @property {string} order
 * @property {number} start the place in that order of the first row shown, from 0
 * @property {string[]} orders that can be chosen
 * @property {string[]} names (R,)
 * @property {number[]} ids (R,)
 * @property {number[]} row of each of the prompt's tokens (T,), or -1: out of sight
 * @property {number} shade the number that gets the full colour
 * @property {string} sentence
 * @property {Float32Array} values (R, C)
 */

const TALL = 400; // of all rows together
const EDGE = 26;
const WORDS = /** @type {Record<string, string>} */ ({
  id: "number (id)",
  kind: "kind of character",
  frequency: "frequency in the text",
  likeness: "likeness of the vectors",
});

/** @extends {Card<Payload>} */
export default class Tables extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Embedding tables", "run");
    this.which = el("div", { class: "row", role: "group", "aria-label": "Which table" });
    this.buttons = ["tokens", "positions"].map((name) =>
      el("button", {
        type: "button",
        class: "soft",
        "data-table": name,
        text: name === "tokens" ? "Token table" : "Position table",
        onclick: () => this.send("choice", { table: name, from: "1" }),
      }),
    );
    this.sort = el("select", {
      "aria-label": "Order the rows by",
      onchange: () => this.send("choice", { rows: this.sort.value, from: "1" }),
    });
    this.choice = el("label", { class: "row" }, "Rows by ", this.sort);
    this.back = el("button", { type: "button", class: "soft", text: "◂ earlier rows", onclick: () => this.turn(-1) });
    this.on = el("button", { type: "button", class: "soft", text: "later rows ▸", onclick: () => this.turn(1) });
    this.save = el("button", { type: "button", class: "soft", text: "PNG", title: "Save both pictures as a PNG" });
    this.save.onclick = () =>
      savePng(root, [this.numbers, this.alike], ["numbers", "cosines"], `${this.data.which}-table.png`);
    this.which.append(...this.buttons, this.choice, this.back, this.on, this.save);
    this.numbers = /** @type {CellCanvas} */ (el("canvas", { tabindex: 0, role: "img", class: "numbers" }));
    this.alike = /** @type {CellCanvas} */ (el("canvas", { tabindex: 0, role: "img", class: "alike" }));
    this.rooms = [el("div", { class: "numbers" }, this.numbers), el("div", { class: "alike" }, this.alike)];
    this.both = el("div", { class: "both" }, ...this.rooms);
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.body.append(this.which, this.readout, this.both);
    /** @type {Cell | null} of the numbers, under the pointer or by arrow keys */
    this.cell = null;
    /** @type {Cell | null} of the cosines */
    this.pair = null;
    this.cosines = new Float64Array();
    this.of = ""; // whose numbers these are
    this.wire();
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    const { which, orders, order, of, values, C, R, V, start } = this.data;
    if (this.of !== of) {
      this.of = of;
      this.cosines = cosines(values, C);
      this.cell = this.pair = null;
    }
    this.buttons.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.table === which)));
    this.choice.hidden = orders.length < 2;
    this.sort.replaceChildren(...orders.map((name) => el("option", { value: name, text: WORDS[name] ?? name })));
    this.sort.value = order;
    this.back.hidden = this.on.hidden = R >= V;
    this.back.disabled = start === 0;
    this.on.disabled = start + R >= V;
  }

  /**
   * The rows before or behind those that are shown.
   * @param {number} way
   */
  turn(way) {
    const { start, R, V } = this.data;
    this.send("choice", { from: String(clamp(start + way * R, 0, Math.max(V - R, 0)) + 1) });
  }

  /** What a row is called. @param {number} r */
  called(r) {
    const { which, names, ids } = this.data;
    return which === "tokens" ? `“${glyph(names[r])}” (id ${ids[r]})` : `position ${names[r]}`;
  }

  draw() {
    const { R, C, sentence, row } = this.data;
    this.say(sentence);
    this.both.hidden = !R;
    this.save.hidden = !R;
    if (!R) {
      this.readout.textContent = "";
      return;
    }
    const at = row.length ? row[looking(row.length)] : -1;
    this.readout.textContent = this.tell(at);
    this.pictures(at);
    const aloud = `${this.readout.textContent} Arrow keys move, Enter works the number out.`;
    this.numbers.setAttribute("aria-label", `${R} rows of ${C} numbers. ${aloud}`);
    this.alike.setAttribute("aria-label", `Cosines of ${R} rows with each other. ${aloud}`);
  }

  /**
   * What is pointed at, else the row of the token that one looks at.
   * @param {number} at its row, or -1
   */
  tell(at) {
    const { R, C, values, which } = this.data;
    if (this.pair) {
      const [i, j] = this.pair;
      const cosine = this.cosines[i * R + j];
      const angle = (Math.acos(clamp(cosine, -1, 1)) * 180) / Math.PI;
      return `${this.called(i)} and ${this.called(j)}: cosine ${cosine.toFixed(3)}, an angle of ${Math.round(angle)}°.`;
    }
    if (this.cell) {
      const [r, c] = this.cell;
      return `${this.called(r)}, number ${c + 1} of ${C}: ${values[r * C + c].toFixed(4)}.`;
    }
    const numbers = `Blue below zero, red above (full colour at ±${this.data.shade.toFixed(2)}); cosines from −1 to 1.`;
    if (at < 0 || R < 2) return `${numbers} Point at a number.`;
    const other = mostAlike(this.cosines, R, at);
    const best = `Most like ${this.called(at)} among these: ${this.called(other)}`;
    const far = which === "positions" ? ` (${thousands(Math.abs(other - at))} apart)` : "";
    return `${numbers} ${best}${far}, cosine ${this.cosines[at * R + other].toFixed(3)}.`;
  }

  /** @param {number} at row of the token one looks at, or -1 */
  pictures(at) {
    const { R, C, which, names, values, shade } = this.data;
    /** @type {Mark[]} */
    const here = at < 0 ? [] : [{ row: at, colour: "--st-blue-color" }];
    const row = this.cell?.[0] ?? this.pair?.[0];
    if (row !== undefined) here.push({ row, colour: "--st-orange-color" });
    const common = { rows: names, grown: 1, hidden: () => false, kind: /** @type {"signed"} */ ("signed"), edge: EDGE };
    drawCells(this.root, this.numbers, {
      ...common,
      stamp: `numbers ${this.of}`,
      wide: roomIn(this.rooms[0]) || 300,
      high: clamp(TALL / R, 2, 14),
      columns: null,
      count: C,
      value: (r, c) => clamp(values[r * C + c] / shade, -1, 1),
      marks: this.cell ? [...here, { column: this.cell[1], colour: "--st-orange-color" }] : here,
    });
    const room = roomIn(this.rooms[1]) || 300;
    drawCells(this.root, this.alike, {
      ...common,
      stamp: `cosines ${this.of}`,
      wide: Math.min(room, EDGE + 24 * R),
      high: 1,
      columns: which === "tokens" ? names : names.map(() => ""), // a number has no room there
      count: R,
      value: (r, c) => clamp(this.cosines[r * R + c], -1, 1),
      marks: this.pair ? [...here, { column: this.pair[1], colour: "--st-orange-color" }] : here,
    });
  }

  wire() {
    const none = () => this.point(null, null);
    /** @type {(at: "cell" | "pair") => import("../shared/pointer.js").Doing} */
    const doing = (at) => ({
      point: (found) => (at === "cell" ? this.point(found, null) : this.point(null, found)),
      choose: (found) => this.work(at, found),
      drag: (_, found) => this.work(at, found),
      step: (down, right) => {
        const { R, C } = this.data;
        const [r, c] = this[at] ?? [0, 0];
        const to = /** @type {Cell} */ ([clamp(r + down, 0, R - 1), clamp(c + right, 0, (at === "cell" ? C : R) - 1)]);
        doing(at).point(to);
      },
      enter: () => this[at] && this.work(at, /** @type {Cell} */ (this[at])),
      escape: none,
    });
    wireCells(this.numbers, doing("cell"));
    wireCells(this.alike, doing("pair"));
  }

  /**
   * @param {Cell | null} cell
   * @param {Cell | null} pair
   */
  point(cell, pair) {
    this.cell = cell;
    this.pair = pair;
    this.draw();
  }

  /**
   * The sum behind a number.
   * @param {"cell" | "pair"} at
   * @param {Cell} found
   */
  work(at, [row, column]) {
    const { ids, which } = this.data;
    if (at === "cell") return;
    this.send("choice", { "emb-sum": `${which}.${ids[row]}.${ids[column]}` });
  }
}
