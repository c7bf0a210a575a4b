// A table of very many rows: only those in sight are elements, and are filled anew as it scrolls.

import { clamp, el } from "./dom.js";

const MORE = 3; // rows beyond what is in sight
const HIGH = 1.4; // of a row, in letters of the page

/**
 * @typedef {object} Rows
 * @property {string} label
 * @property {(row: HTMLElement, place: number) => void} fill shows what stands at a place
 * @property {(place: number | null) => void} pointed another row is looked at, by pointer or arrow keys
 */

export class ScrolledRows {
  /** @param {Rows} rows */
  constructor({ label, fill, pointed }) {
    this.fill = fill;
    this.pointed = pointed;
    this.count = 0;
    /** The row that a click or a key holds. */
    this.held = 0;
    /** @type {number | null} */
    this.over = null;
    this.head = el("div", { role: "row", class: "heads" });
    this.space = el("div", { role: "rowgroup", class: "space" });
    const top = el("div", { role: "rowgroup", class: "top-row" }, this.head);
    this.box = el("div", { role: "grid", tabindex: 0, class: "rows", "aria-label": label }, top, this.space);
    this.box.onscroll = () => this.show();
    this.box.onkeydown = (event) => this.key(event);
    this.box.onpointerleave = () => this.look(null);
  }

  /** How high a row is, in pixels of the screen. */
  get high() {
    return Math.round(HIGH * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16));
  }

  /** The row one looks at. */
  get at() {
    return Math.min(this.over ?? this.held, this.count - 1);
  }

  /** @param {number} count */
  update(count) {
    this.count = count;
    this.held = clamp(this.held, 0, Math.max(count - 1, 0));
    this.over = null;
    this.box.setAttribute("aria-rowcount", String(count + 1));
    this.show();
  }

  /** Fill what is in sight. */
  show() {
    const { high, box, space } = this;
    space.style.height = `${this.count * high}px`;
    const first = Math.max(0, Math.floor((box.scrollTop || 0) / high) - MORE);
    const wanted = Math.min(this.count - first, Math.ceil((box.clientHeight || 300) / high) + 2 * MORE);
    while (space.children.length < wanted) space.append(this.row());
    while (space.children.length > Math.max(wanted, 0)) space.lastElementChild?.remove();
    [...space.children].forEach((child, i) => {
      const row = /** @type {HTMLElement} */ (child);
      const place = first + i;
      row.style.top = `${place * high}px`;
      row.style.height = `${high}px`;
      row.dataset.place = String(place);
      row.id = `row-${place}`;
      row.setAttribute("aria-rowindex", String(place + 2));
      row.classList.toggle("at", place === this.at);
      row.setAttribute("aria-selected", String(place === this.held));
      this.fill(row, place);
    });
    box.setAttribute("aria-activedescendant", `row-${this.held}`);
  }

  row() {
    const row = el("div", { role: "row", class: "one" });
    row.onpointerenter = () => this.look(Number(row.dataset.place));
    row.onclick = () => this.hold(Number(row.dataset.place));
    return row;
  }

  /** @param {number | null} place */
  look(place) {
    this.over = place;
    this.show();
    this.pointed(place);
  }

  /**
   * Hold a row, and bring it into sight.
   * @param {number} place
   */
  hold(place) {
    this.held = clamp(place, 0, this.count - 1);
    this.over = null;
    const { box, high } = this;
    const top = this.held * high;
    const room = box.clientHeight - high;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + high > box.scrollTop + room) box.scrollTop = top + high - room;
    this.show();
    this.pointed(this.held);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const page = Math.max(1, Math.floor(this.box.clientHeight / this.high) - 2);
    /** @type {Record<string, number>} */
    const by = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page, Home: -this.count, End: this.count };
    if (!(event.key in by)) return;
    event.preventDefault();
    this.hold(this.held + by[event.key]);
  }
}
