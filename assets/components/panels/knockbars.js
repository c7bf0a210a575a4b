// Effects of edits as bars. A click on a bar keeps its edit in the stack, a second one takes it out.

import { HELP, KEEP, TAKE, isKept, keep } from "../shared/keeping.js";
import { clamp } from "../shared/dom.js";
import { Charted } from "./chart.js";

/** @typedef {import("./chart.js").Payload & Own} Payload */
/**
 * @typedef {object} Own
 * @property {string} word of a bar's edit, "#" where its place stands
 * @property {string} edits the stack as it is
 * @property {string} shows the parts whose points are shown here
 */

/** @extends {Charted<Payload>} */
export default class KnockBars extends Charted {
  constructor(/** @type {ShadowRoot} */ root) {
    super(root);
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
    if (of !== this.data.shows) return;
    this.at = null;
    /** @type {import("./chart.js").At} */
    const at = [0, clamp(i, 0, this.data.series[0].x.length - 1)];
    this.held = at;
    this.draw();
    this.card.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  update() {
    super.update();
    this.refused = "";
  }

  /** @param {number} i */
  word(i) {
    return this.data.word.replace("#", String(i + 1));
  }

  /** @param {import("./chart.js").At | null} at */
  hold(at) {
    if (!at) return super.hold(null);
    this.refused = keep(this, this.word(at[1]));
    this.held = at;
    this.draw();
  }

  /** @param {string} words */
  tell(words) {
    const at = this.at ?? this.held;
    super.tell(words);
    if (!words || !at) {
      this.readout.textContent = HELP;
      return;
    }
    const kept = isKept(this.data.edits, this.word(at[1]));
    this.readout.textContent = `${words}. ${this.refused || (kept ? TAKE : KEEP)}`;
  }
}
