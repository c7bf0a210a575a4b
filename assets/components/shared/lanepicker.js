// Which tokens of a long text are in sight: all lanes folded into a slim strip, with a window that one moves along it.

import { arrow, clamp, el } from "./dom.js";

export const STRIP = 14; // of the picture's room, which the strip takes even of a short text: so nothing jumps

export class LanePicker {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.wished = Infinity; // the first lane that is wished for; as far behind as there is
    this.from = 0;
    this.lanes = 0;
    this.T = 0;
    this.upright = false;
    this.range = el("span", { class: "range" });
    this.window = el("span", { class: "window" });
    const spoken = { role: "slider", tabindex: 0, "aria-label": "Which tokens" };
    this.strip = el("div", { class: "strip", ...spoken }, this.window);
    this.wire();
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
   * @param {import("./wholeparts.js").Picture} picture
   */
  mark({ from, lanes, lane, start, upright }) {
    [this.from, this.lanes, this.upright] = [from, lanes, upright];
    const { T, strip } = this;
    const said = `tokens ${from + 1} to ${from + lanes} of ${T}`;
    this.range.textContent = `${said}: scroll the strip`;
    this.range.hidden = strip.hidden = lanes >= T;
    const told = { valuemin: 1, valuemax: Math.max(1, T - lanes + 1), valuenow: from + 1, valuetext: said };
    for (const [name, value] of Object.entries(told)) strip.setAttribute(`aria-${name}`, String(value));
    strip.setAttribute("aria-orientation", upright ? "horizontal" : "vertical");
    strip.classList.toggle("upright", upright);
    const style = { "--tokens": T, "--first": from, "--lanes": lanes, "--start": start, "--long": lanes * lane };
    for (const [name, value] of Object.entries(style)) strip.style.setProperty(name, String(value));
  }

  /** Let another lane be the first. @param {number} first */
  go(first) {
    const wished = clamp(Math.round(first), 0, Math.max(0, this.T - this.lanes));
    if (wished === this.from) return;
    this.wished = wished;
    this.changed();
  }

  wire() {
    const { strip } = this;
    const at = (/** @type {PointerEvent} */ event) => {
      const box = strip.getBoundingClientRect();
      const share = this.upright ? (event.clientX - box.x) / box.width : (event.clientY - box.y) / box.height;
      this.go(share * this.T - this.lanes / 2); // the window's middle follows the pointer
    };
    strip.onpointerdown = (event) => {
      strip.setPointerCapture(event.pointerId);
      at(event);
    };
    strip.onpointermove = (event) => {
      if (strip.hasPointerCapture(event.pointerId)) at(event);
    };
    strip.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    strip.onkeydown = (event) => this.key(event);
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    event.preventDefault();
    this.go(this.from + Math.sign(event.deltaY || event.deltaX) * 2);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const page = Math.max(1, this.lanes - 2);
    /** @type {Record<string, number>} */
    const far = { PageUp: this.from - page, PageDown: this.from + page, Home: 0, End: this.T };
    const [down, right] = arrow(event.key) ?? [0, 0];
    const wished = far[event.key] ?? (down || right ? this.from + down + right : undefined);
    if (wished === undefined) return;
    event.preventDefault();
    this.go(wished);
  }
}
