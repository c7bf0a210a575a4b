// Token + position = input, for every token of the prompt: three tables of colours side by side.

import { bus, hover, looking, pin } from "../shared/bus.js";
import { drawCells } from "../shared/cells.js";
import { clamp, el, roomIn } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { wireCells } from "../shared/pointer.js";
import { named } from "../shared/text.js";

/** @typedef {import("../shared/pointer.js").Cell} Cell */
/** @typedef {import("../shared/cells.js").CellCanvas} CellCanvas */
/** @typedef {import("./vectors.js").Payload} Payload the same as of the panel that shows one token */

const TALL = 300; // of all rows together
const MOST = 16; // of a row
const EDGE = 20;
const LABELS = ["token", "+ position", "= input"];

/**
 * The three numbers of a place: of the token, of the position, and what goes in. Without positions the first is all.
 * @param {Payload} payload
 * @param {number} t
 * @param {number} c
 * @returns {number[]}
 */
export function threeOf({ C, row, token, position }, t, c) {
  const own = token[row[t] * C + c];
  if (!position.length) return [own];
  const place = position[t * C + c];
  return [own, place, Math.fround(own + place)];
}

/** @extends {Card<Payload>} */
export default class Strips extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What goes in: token + position = input", "run");
    this.canvases = LABELS.map(
      (label) => /** @type {CellCanvas} */ (el("canvas", { tabindex: 0, role: "img", "data-part": label })),
    );
    this.rooms = LABELS.map((label, i) => el("div", {}, el("h4", { text: label }), this.canvases[i]));
    this.three = el("div", { class: "three" }, ...this.rooms);
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.save = el("button", { type: "button", class: "soft", text: "PNG", title: "Save the pictures as a PNG" });
    this.save.onclick = () => {
      const many = this.data.position.length ? 3 : 1;
      savePng(root, this.canvases.slice(0, many), LABELS.slice(0, many), "input-vectors.png");
    };
    this.body.append(this.three, el("div", { class: "below" }, this.readout, this.save));
    /** @type {number | null} under the pointer */
    this.column = null;
    this.version = 0; // another one: other numbers
    for (const canvas of this.canvases) this.wire(canvas);
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    this.version += 1;
    if ((this.column ?? 0) >= this.data.C) this.column = null; // of a wider model
  }

  draw() {
    const { T, C, shade, position } = this.data;
    this.card.dataset.rows = String(T);
    this.blank(!T);
    if (!T) return this.say(`Type a character: it becomes ${C} numbers, and its place in the text ${C} others.`);
    const many = position.length ? 3 : 1;
    this.rooms.forEach((room, i) => {
      room.hidden = i >= many;
    });
    const none = many === 1 ? " This model has no position vectors: the token's vector alone goes in." : "";
    const colours = `blue below zero, red above, full colour at ±${shade.toFixed(2)}`;
    this.say(`A row a token, ${C} numbers each: ${colours}.${none} Click a number to see its sum.`);
    const at = looking(T);
    this.pictures(at, many);
    this.readout.textContent = this.tell(at);
    for (const canvas of this.canvases) {
      const help = "Arrow keys move, Enter works the number out.";
      canvas.setAttribute("aria-label", `${canvas.dataset.part}, ${T} × ${C}. ${this.readout.textContent} ${help}`);
    }
  }

  /** @param {number} at */
  tell(at) {
    const { tokens, C } = this.data;
    const c = this.column;
    if (c === null) {
      const lengths = [0, 1, 2].map((i) =>
        Math.sqrt([...Array(C).keys()].reduce((sum, d) => sum + (threeOf(this.data, at, d)[i] ?? 0) ** 2, 0)),
      );
      const [own, place, both] = lengths.map((x) => x.toFixed(2));
      const sums = this.data.position.length ? `, its position's ${place}, their sum's ${both}` : "";
      return `${named(tokens, at)}: the token's vector has length ${own}${sums}. Point at a number.`;
    }
    const [own, place, sum] = threeOf(this.data, at, c).map((x) => x.toFixed(4));
    const rest = place === undefined ? "" : ` + position ${place} = input ${sum}`;
    return `${named(tokens, at)}, number ${c + 1}: token ${own}${rest}.`;
  }

  /**
   * @param {number} at the token one looks at
   * @param {number} many of the three
   */
  pictures(at, many) {
    const { T, C, tokens, shade, row, token, position } = this.data;
    const own = (/** @type {number} */ t, /** @type {number} */ c) => token[row[t] * C + c];
    const place = (/** @type {number} */ t, /** @type {number} */ c) => position[t * C + c];
    for (let i = 0; i < many; i++) {
      drawCells(this.root, this.canvases[i], {
        rows: tokens,
        columns: null,
        count: C,
        wide: roomIn(this.rooms[i]) || 300,
        high: Math.min(MOST, TALL / T),
        grown: 1,
        stamp: String(this.version),
        kind: "signed",
        value: (t, c) => clamp(((i === 1 ? 0 : own(t, c)) + (i && place(t, c))) / shade, -1, 1),
        hidden: () => false,
        edge: EDGE,
        marks: [
          { row: at, colour: "--st-blue-color" },
          ...(this.column === null ? [] : [{ row: at, column: this.column, colour: "--st-orange-color" }]),
        ],
      });
    }
  }

  /** @param {CellCanvas} canvas */
  wire(canvas) {
    /** @param {Cell | null} cell */
    const point = (cell) => {
      this.column = cell ? cell[1] : null;
      if (cell && bus.view.hover === cell[0]) this.draw();
      hover(cell ? cell[0] : null);
    };
    /** @param {Cell} cell */
    const work = ([t, c]) => this.send("choice", { "emb-sum": `input.${t + 1}.${c + 1}` });
    wireCells(canvas, {
      point,
      choose: work,
      drag: (_, to) => work(to),
      step: (down, right) => {
        const { T, C } = this.data;
        point([clamp(looking(T) + down, 0, T - 1), clamp((this.column ?? -1) + right, 0, C - 1)]);
      },
      enter: () => work([looking(this.data.T), this.column ?? 0]),
      escape: () => {
        point(null);
        if (bus.view.pin !== null) pin(bus.view.pin);
      },
    });
  }
}
