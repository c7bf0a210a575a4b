// Effects of edits as cells. A click on a cell keeps its edit in the stack, a second one takes it out; kept ones have a
// frame. Lists above choose what is cut.

import { choose } from "../shared/choosing.js";
import { css, el } from "../shared/dom.js";
import { HELP, KEEP, TAKE, isKept, keep } from "../shared/keeping.js";
import { Matrices } from "./matrix.js";

/** @typedef {import("./matrix.js").Payload & Own} Payload */
/**
 * @typedef {object} Own
 * @property {string[]} words of the edit of each row's cells, "#" where the column stands
 * @property {string[]} ends those of the last column, where it is another kind of part
 * @property {string} edits the stack as it is
 * @property {string} shows the parts whose points are shown here
 * @property {[parameter: string, label: string, options: [word: string, text: string][], chosen: string][]} picks
 */

/**
 * The edit of a cell.
 * @param {{ words: string[], ends: string[], cells: { C: number }[] }} payload
 * @param {number} row
 * @param {number} column
 */
export const wordAt = ({ words, ends, cells }, row, column) =>
  (column === cells[0].C - 1 && ends[row]) || (words[row] ?? "").replace("#", String(column + 1));

/** @extends {Matrices<Payload>} */
export default class KnockGrid extends Matrices {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.picks = el("div", { class: "row picks" });
    this.body.prepend(this.picks);
    this.offered = "";
    this.refused = "";
  }

  hears() {
    return {
      part: (/** @type {{ of: string, i: number }} */ { of, i }) => this.show(of, i),
    };
  }

  /**
   * A point was opened: its part is looked at here.
   * @param {string} of
   * @param {number} i
   */
  show(of, i) {
    const { shows, cells, ends } = this.data;
    if (of !== shows) return;
    const C = cells[0].C - (ends.length ? 1 : 0);
    this.at = null;
    /** @type {import("./matrix.js").At} */
    const at = [0, Math.floor(i / C), i % C];
    this.held = at;
    this.draw();
    this.card.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  update() {
    super.update();
    this.refused = "";
    const { picks } = this.data;
    this.picks.hidden = !picks.length;
    const offered = JSON.stringify(picks);
    if (offered === this.offered) return;
    this.offered = offered;
    this.picks.replaceChildren(
      ...picks.map(([parameter, label, options, chosen]) => {
        const list = el(
          "select",
          { class: "mono", "aria-label": label },
          ...options.map(([value, text]) => el("option", { value, text })),
        );
        list.value = chosen;
        list.onchange = () => choose(this, { [parameter]: list.value });
        return el("label", {}, `${label} `, list);
      }),
    );
  }

  /** @param {import("./matrix.js").At | null} at */
  hold(at) {
    if (!at) return super.hold(null);
    const word = wordAt(this.data, at[1], at[2]);
    const value = this.data.values[at[1] * this.data.cells[0].C + at[2]];
    if (!word || Number.isNaN(value)) return;
    this.refused = keep(this, word);
    this.held = at;
    this.draw();
  }

  /** @param {string} words */
  tell(words) {
    const at = this.at ?? this.held;
    super.tell(words);
    if (!words || !at) this.readout.textContent = HELP;
    else {
      const kept = isKept(this.data.edits, wordAt(this.data, at[1], at[2]));
      this.readout.textContent = `${words}. ${this.refused || (kept ? TAKE : KEEP)}`;
    }
  }

  /**
   * @param {import("./matrix.js").CellCanvas} canvas
   * @param {number} m
   * @param {number} wide
   * @param {number} room
   * @param {import("./matrix.js").At | null} at
   */
  picture(canvas, m, wide, room, at) {
    super.picture(canvas, m, wide, room, at);
    const { edits } = this.data;
    const grid = canvas.geometry;
    const context = canvas.getContext("2d");
    if (!edits || !grid || !context) return;
    const { left, top, side, high, R, C } = grid;
    context.strokeStyle = css(this.root, "--st-text-color");
    context.lineWidth = 2.5;
    for (let r = 0; r < R; r++) {
      for (let c = 0; c < C; c++) {
        if (!isKept(edits, wordAt(this.data, r, c))) continue;
        context.strokeRect(left + c * side + 1.5, top + r * high + 1.5, side - 4, high - 4);
      }
    }
  }
}
