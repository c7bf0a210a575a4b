// Which tokens of a long text are in sight: the earlier ones, or the later ones.

import { clamp, el } from "./dom.js";

export class LanePicker {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.wished = Infinity; // the first lane that is wished for; as far behind as there is
    this.from = 0;
    this.lanes = 0;
    this.T = 0;
    const button = (/** @type {string} */ text, /** @type {number} */ by, /** @type {string} */ label) =>
      el("button", { type: "button", class: "soft", text, onclick: () => this.shift(by), "aria-label": label });
    this.range = el("span", { class: "range" });
    const buttons = [button("‹", -1, "Earlier tokens"), this.range, button("›", 1, "Later tokens")];
    this.bar = el("div", { class: "row", role: "group", "aria-label": "Which tokens" }, ...buttons);
  }

  /** A text of so many tokens: of another length, its end is in sight. @param {number} T */
  take(T) {
    if (T !== this.T) this.wished = Infinity;
    this.T = T;
  }

  /** Where to begin. */
  get first() {
    return Number.isFinite(this.wished) ? this.wished : this.T;
  }

  /**
   * What is in sight.
   * @param {number} from
   * @param {number} lanes
   */
  mark(from, lanes) {
    [this.from, this.lanes] = [from, lanes];
    this.range.textContent = `tokens ${from + 1} to ${from + lanes} of ${this.T}`;
    this.bar.hidden = lanes >= this.T;
  }

  /** @param {number} by */
  shift(by) {
    this.wished = clamp(this.from + by * Math.max(1, this.lanes - 2), 0, Math.max(0, this.T - this.lanes));
    this.changed();
  }
}
