// How much of B's answer comes over with each patch, as cells: whoever points at one sees its number worked out, and a
// click keeps that patch as an edit, or takes it back.

import { css } from "../shared/dom.js";
import { hundredths } from "../shared/text.js";
import { Matrices, startOf, tellCell } from "./matrix.js";

/** @typedef {import("./matrix.js").Cells} Cells */
/** @typedef {import("./matrix.js").At} At */
/**
 * @typedef {object} Payload
 * @property {number} N numbers in all
 * @property {string} title
 * @property {string} note
 * @property {string} alt
 * @property {string} file
 * @property {number} height
 * @property {number} columns
 * @property {string} x
 * @property {string} y
 * @property {string} unit
 * @property {string} form
 * @property {"share" | "signed"} kind
 * @property {number} most
 * @property {boolean} key
 * @property {Cells[]} cells
 * @property {Float32Array} values (N,) the share of the answer that came over; NaN: not measured yet
 * @property {Float32Array} patched (N,) the difference of the two logits behind it, in nats
 * @property {number} a that difference in the prompt that is patched
 * @property {number} b and in the one it is patched from
 * @property {boolean} turned whether that one is A, and B is patched
 * @property {string} site that is patched; "z": a column is a head, else a token
 * @property {number} first the number of the token of the first column
 * @property {string} at the token at which heads are patched, "all" or its number
 * @property {string} edits the stack of edits, in the link's words
 * @property {string} other the prompt that patches are taken from
 * @property {string} kept why no patch can be kept, or nothing
 */

const MOST = 12; // lines of a stack of edits

/**
 * The patch of a cell, in the link's words.
 * @param {Pick<Payload, "site" | "first" | "at">} payload
 * @param {At} at
 */
export function wordOf({ site, first, at }, [, row, column]) {
  return site === "z" ? `patch.z.${row + 1}.${column + 1}.${at}` : `patch.${site}.${row + 1}.all.${first + column}`;
}

/**
 * The stack with this line at its end; or without it, if it has it, on or off.
 * @param {string} edits
 * @param {string} word
 */
export function toggled(edits, word) {
  const lines = edits.split("~").filter(Boolean);
  const rest = lines.filter((line) => line.replace(/^-/, "") !== word);
  return (rest.length < lines.length ? rest : [...lines, word]).join("~");
}

/**
 * A number in a formula: one that is negative in brackets.
 * @param {number} x
 */
const term = (x) => (x < 0 ? `(${hundredths(x)})` : hundredths(x));

/**
 * The share of a patch, worked out.
 * @param {number} patched
 * @param {number} a
 * @param {number} b
 * @param {boolean} turned whether B is patched from A
 */
export function workedOut(patched, a, b, turned) {
  const share = hundredths((patched - a) / (b - a));
  const [above, below] = [patched, b].map((x) => `(${hundredths(x)} − ${term(a)})`);
  const [to, from] = turned ? "BA" : "AB";
  return `(patched − ${to}) / (${from} − ${to}) = ${above} / ${below} = ${share}`;
}

/** @extends {Matrices<Payload>} */
export default class Patched extends Matrices {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.kept = 0; // patches that were kept or taken back, so that the same again is heard again
    this.full = false;
  }

  update() {
    super.update();
    this.full = false;
  }

  /** @param {At} at */
  told(at) {
    const { cells, values, patched, a, b, turned, edits, kept } = this.data;
    const i = startOf(cells, at[0]) + at[1] * cells[at[0]].C + at[2];
    const cell = tellCell(this.data, at);
    if (Number.isNaN(values[i])) return `${cell}: not measured yet`;
    const place = cell.slice(0, cell.lastIndexOf(": "));
    const has = edits.split("~").some((line) => line.replace(/^-/, "") === wordOf(this.data, at));
    const full = this.full ? ` The stack holds ${MOST} edits already: take one out first.` : "";
    const click = kept || (has ? "A click takes this patch back." : "A click keeps this patch as an edit.");
    return `${place}: ${workedOut(patched[i], a, b, turned)}. ${click}${full}`;
  }

  /** @param {At | null} at */
  hold(at) {
    super.hold(at);
    this.point(at); // the keyboard stays where it was
    if (!at || this.data.kept) return;
    const { edits, other } = this.data;
    const stack = toggled(edits, wordOf(this.data, at));
    this.full = stack.split("~").length > MOST;
    if (this.full) return this.drawNow();
    this.kept += 1;
    this.send("choice", { edits: stack, other, told: this.kept });
  }

  /**
   * The cells, with a frame around what is kept.
   * @param {import("../shared/cells.js").CellCanvas} canvas
   * @param {number} m
   * @param {number} wide
   * @param {number} room
   * @param {At | null} at
   */
  picture(canvas, m, wide, room, at) {
    super.picture(canvas, m, wide, room, at);
    const context = canvas.getContext("2d");
    const grid = canvas.geometry;
    if (!context || !grid) return;
    const lines = new Set(this.data.edits.split("~").map((line) => line.replace(/^-/, "")));
    context.strokeStyle = css(this.root, "--st-text-color");
    context.lineWidth = 2;
    for (let r = 0; r < grid.R; r++) {
      for (let c = 0; c < grid.C; c++) {
        if (!lines.has(wordOf(this.data, [m, r, c]))) continue;
        context.strokeRect(grid.left + c * grid.side + 1, grid.top + r * grid.high + 1, grid.side - 2, grid.high - 2);
      }
    }
    context.lineWidth = 1;
  }
}
