// One stage of a head: its pictures and their legend.

import { bus, looking, pointedKey } from "./bus.js";
import { drawCells } from "./cells.js";
import { drawRamp, signedRamp, weightRamp } from "./colours.js";
import { el, roomIn, sharp } from "./dom.js";
import {
  COLOUR,
  SELECTED,
  STAGES,
  hides,
  isQuery,
  isSquare,
  largest,
  nameOf,
  numberAt,
  rowColour,
  tellNumber,
} from "./stages.js";
import { short } from "./text.js";

/** @typedef {import("./stages.js").Part} Part */
/** @typedef {import("./stages.js").Payload} Payload */
/** @typedef {import("./cells.js").Mark} Mark */
/** @typedef {{ part: Part, canvas: import("./cells.js").CellCanvas }} PartMap */
/**
 * What is in sight.
 * @typedef {object} Sight
 * @property {number} from the first token
 * @property {number} to the one before which it ends
 * @property {number} version of the numbers
 * @property {number} grown how much of the rows is drawn, 0 to 1
 */

const GAP = 8; // between two pictures of a stage
const [WIDE, HIGH] = [56, 7]; // of the legend

export class StageFigure {
  /**
   * @param {ShadowRoot} root
   * @param {number} i which stage
   */
  constructor(root, i) {
    this.root = root;
    this.place = i;
    this.stage = STAGES[i];
    const { parts } = this.stage;
    /** @type {PartMap[]} */
    this.maps = parts.map((part) => ({
      part,
      canvas: el("canvas", { role: "img", tabindex: 0, "data-part": part }),
    }));
    const titled = this.maps.map(({ part, canvas }) =>
      parts.length > 1 ? el("div", {}, el("span", { class: "part " + part, text: part }), canvas) : canvas,
    );
    this.low = el("span");
    this.ramp = el("canvas", { "aria-hidden": "true" });
    this.high = el("span");
    this.figure = el(
      "figure",
      {},
      (this.caption = el("figcaption")),
      el("div", { class: "maps" }, ...titled),
      el("div", { class: "scale" }, this.low, this.ramp, this.high),
    );
  }

  /**
   * @param {Payload} payload
   * @param {Sight} sight
   */
  draw(payload, sight) {
    const { parts } = this.stage;
    this.caption.textContent = `${this.place + 1} ${nameOf(this.place, payload)}`;
    const { from, to } = sight;
    const most = largest(payload, parts, from, to); // one colour scale for all pictures of a stage
    const room = roomIn(this.figure);
    const wide = Math.max(50, Math.floor((room - GAP * (parts.length - 1)) / parts.length));
    const high = (room - 14) / Math.max(to - from, 4);
    for (const map of this.maps) this.drawPart(map, payload, sight, { wide, high, most });
    const share = parts[0] === "pattern";
    const signed = signedRamp(this.root);
    const colourAt = share ? weightRamp(this.root) : (/** @type {number} */ x) => signed(2 * x - 1);
    drawRamp(sharp(this.ramp, WIDE, HIGH), WIDE, HIGH, colourAt);
    this.low.textContent = share ? "0 %" : `−${short(most)}`;
    this.high.textContent = share ? "100 %" : short(most);
  }

  /**
   * @param {PartMap} map
   * @param {Payload} payload
   * @param {Sight} sight
   * @param {{ wide: number, high: number, most: number }} size
   */
  drawPart({ part, canvas }, payload, { from, to, version, grown }, size) {
    const { T, D, tokens } = payload;
    const square = isSquare(part);
    const first = square ? from : 0;
    const rows = tokens.slice(from, to);
    drawCells(this.root, canvas, {
      ...size,
      grown,
      rows,
      columns: square ? rows : null,
      count: D,
      kind: part === "pattern" ? "share" : "signed",
      marks: marks(part, payload, from, to),
      stamp: [version, part, from].join(),
      value: (r, c) => numberAt(payload, { part, row: from + r, column: first + c }),
      hidden: (r, c) => square && hides(payload, part, from + r, from + c),
    });
    const key = pointedKey(T);
    const said = square && key !== null ? tellNumber(payload, { part, row: looking(T), column: key }) : "";
    const help = "Arrow keys move the cell, Enter shows its sum.";
    canvas.setAttribute("aria-label", `${nameOf(this.place, payload)}, ${part}, ${to - from} rows. ${said} ${help}`);
  }
}

/**
 * The row that looks, the column that is looked at, and the cell whose sum is worked out; those in sight.
 * @param {Part} part
 * @param {Payload} payload
 * @param {number} from
 * @param {number} to
 */
function marks(part, { T, D, cell }, from, to) {
  const square = isSquare(part);
  const [first, end] = square ? [from, to] : [0, D];
  const key = pointedKey(T);
  const row = square || isQuery(part) ? looking(T) : key;
  const inside = (/** @type {number} */ token) => token >= from && token < to;
  /** @type {Mark[]} */
  const found = [];
  if (row !== null && inside(row)) found.push({ row: row - from, colour: rowColour(part) });
  if (square && key !== null && inside(key)) found.push({ column: key - from, colour: COLOUR.key });
  const chosen = bus.view.cell ?? cell; // of a pair, in all pictures of pairs
  const here = chosen && (chosen[0] === part || (square && isSquare(chosen[0])));
  if (here && inside(chosen[1]) && chosen[2] >= first && chosen[2] < end) {
    found.push({ row: chosen[1] - from, column: chosen[2] - first, colour: SELECTED });
  }
  return found;
}
