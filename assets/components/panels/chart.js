// Lines, bars and points over two axes: whatever Python describes. A pointer, a click or the arrow keys tell the number
// one looks at; a name of the legend takes its line out of the picture. The server is asked nothing.

import { spanOf, written } from "../shared/axes.js";
import { arrow, el, placeOf } from "../shared/dom.js";
import { Picture } from "../shared/picture.js";
import { drawAxes, inkOf, layOut } from "../shared/plot.js";
import { drawLevels, drawSeries, drawSwatch, ring } from "../shared/series.js";

/** @typedef {import("../shared/axes.js").Axis} Axis */
/**
 * @typedef {object} Series
 * @property {string} name
 * @property {number[]} x
 * @property {(number | null)[]} y null: no number
 * @property {"line" | "dots" | "points" | "bars"} kind
 * @property {number} colour
 * @property {number} dash how the line is broken, or the bar hatched; 0: not at all
 * @property {string[]} labels names of its points
 */
/** @typedef {{ name: string, at: number, axis: "x" | "y" }} Level a straight line right across */
/**
 * @typedef {object} Payload
 * @property {string} title
 * @property {string} note
 * @property {string} alt
 * @property {string} file
 * @property {number} height
 * @property {Axis} x
 * @property {Axis} y
 * @property {Series[]} series
 * @property {Level[]} levels
 */
/** @typedef {[series: number, point: number]} At the number one looks at */

const NEAR = 40; // pixels from the pointer

/**
 * One number in words.
 * @param {Payload} payload
 * @param {At} at
 */
export function tellPoint({ x, y, series }, [s, i]) {
  const { name, labels } = series[s];
  const across = series[s].x[i];
  const up = series[s].y[i];
  const tick = x.ticks.findIndex(([place]) => place === across);
  const alike = tick >= 0 && x.ticks.filter(([, other]) => other === x.ticks[tick][1]).length > 1;
  const place = tick < 0 ? written(x.form, across) : (alike ? `${tick + 1} ` : "") + x.ticks[tick][1];
  const group = tick < 0 ? undefined : groupOf(x.groups, across);
  const where = [group, x.title ? `${x.title} ${place}` : place].filter(Boolean).join(", ");
  return `${labels[i] ?? name}: ${where}; ${y.title} ${up === null ? "–" : written(y.form, up)}`;
}

/**
 * The group of names that a place belongs to: the nearest.
 * @param {[number, string][]} groups
 * @param {number} place
 */
function groupOf(groups, place) {
  const away = groups.map(([at]) => Math.abs(at - place));
  return groups[away.indexOf(Math.min(...away))]?.[1];
}

/**
 * The number to which an arrow key leads: along its series, or to the next series at the nearest place.
 * @param {Series[]} series
 * @param {(s: number) => boolean} shown
 * @param {At | null} at
 * @param {number} down
 * @param {number} right
 * @returns {At | null}
 */
export function stepFrom(series, shown, at, down, right) {
  const open = series.map((_, s) => s).filter((s) => shown(s) && series[s].y.some((y) => y !== null));
  if (!open.length) return null;
  const [s, i] = at && open.includes(at[0]) ? at : [open[0], right < 0 ? series[open[0]].x.length : -1];
  if (!down) return along(series[s], s, i, right) ?? (at && open.includes(at[0]) ? at : null);
  if (!at) return along(series[s], s, -1, 1);
  const next = open[(open.indexOf(s) + down + open.length) % open.length];
  const away = series[next].x.map((x, n) => (series[next].y[n] === null ? Infinity : Math.abs(x - series[s].x[i])));
  return [next, away.indexOf(Math.min(...away))];
}

/**
 * The next number of one series that there is.
 * @param {Series} series
 * @param {number} s
 * @param {number} i
 * @param {number} by
 * @returns {At | null}
 */
function along({ y }, s, i, by) {
  for (let n = i + by; n >= 0 && n < y.length; n += by) if (y[n] !== null) return [s, n];
  return null;
}

/**
 * @template {Payload} Data
 * @extends {Picture<Data>}
 */
export class Charted extends Picture {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.canvas = el("canvas", { tabindex: 0, role: "img" });
    this.keys = el("div", { class: "keys", role: "group", "aria-label": "Lines that are shown" });
    this.body.prepend(this.canvas, this.keys);
    /** @type {At | null} under the pointer */
    this.at = null;
    /** @type {At | null} held by a click */
    this.held = null;
    /** @type {Set<string>} series that are taken out */
    this.out = new Set();
    this.stamp = ""; // of the legend as it stands
    this.canvas.onpointermove = (event) => this.point(this.nearest(placeOf(event)));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onclick = (event) => this.hold(this.nearest(placeOf(event)));
    this.canvas.ondblclick = () => this.hold(null);
    this.canvas.onkeydown = (event) => this.key(event);
  }

  update() {
    super.update();
    const { series } = this.data;
    const gone = (/** @type {At | null} */ at) => at !== null && series[at[0]]?.x[at[1]] === undefined;
    if (gone(this.at)) this.at = null;
    if (gone(this.held)) this.held = null;
  }

  /** @param {At | null} at */
  point(at) {
    if (String(at) === String(this.at)) return;
    this.at = at;
    this.draw();
  }

  /** @param {At | null} at */
  hold(at) {
    this.held = at && String(at) === String(this.held) ? null : at;
    this.at = null;
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.hold(null);
    if (event.key === "Enter" && this.at) this.hold(this.at);
    const by = arrow(event.key);
    if (!by) return;
    event.preventDefault();
    const shown = (/** @type {number} */ s) => !this.out.has(this.data.series[s].name);
    this.point(stepFrom(this.data.series, shown, this.at ?? this.held, ...by));
  }

  /** The series that are shown, each with its place in the data. */
  shown() {
    return this.data.series.flatMap((one, s) => (this.out.has(one.name) ? [] : [{ one, s }]));
  }

  /**
   * The number nearest to a place of the picture.
   * @param {{ x: number, y: number }} pointer
   * @returns {At | null}
   */
  nearest(pointer) {
    if (!this.plot) return null;
    const { bars, place } = this.plot;
    /** @type {{ away: number, at: At | null }} */
    let best = { away: NEAR, at: null };
    for (const { one, s } of this.shown()) {
      one.x.forEach((x, i) => {
        const y = one.y[i];
        if (y === null) return;
        const [left, top] = place(x, y);
        const aside = one.kind === "bars" ? bars.aside(s) : 0;
        const across = left + aside - pointer.x;
        const away = one.kind === "bars" ? Math.abs(across) : Math.hypot(across, top - pointer.y);
        if (away < best.away) best = { away, at: [s, i] };
      });
    }
    return best.at;
  }

  draw() {
    const { data } = this;
    const shown = this.shown();
    const numbers = (/** @type {"x" | "y"} */ axis) => [
      ...shown.flatMap(({ one }) => one[axis].flatMap((n) => (n === null ? [] : [n]))),
      ...data.levels.filter((level) => level.axis === axis).map(({ at }) => at),
    ];
    const up = numbers("y");
    // Bars stand on zero, or hang from it.
    const bars = shown.some(({ one }) => one.kind === "bars");
    const foot = bars && up.every((n) => n >= 0) ? 0 : null;
    const top = bars && foot === null && up.every((n) => n <= 0) ? 0 : null;
    const ends = { low: data.y.low ?? foot, high: data.y.high ?? top };
    const spans = { x: spanOf(data.x, numbers("x")), y: spanOf({ ...data.y, ...ends }, up) };
    const colours = inkOf(this.root);
    const plot = layOut(this.canvas, data, spans, shown, this.width(500), colours);
    this.plot = plot;
    drawAxes(plot, data, colours);
    drawLevels(plot, data.levels, colours);
    for (const { one, s } of shown) drawSeries(plot, one, s, colours);
    const at = this.at ?? this.held;
    if (at) ring(plot, data.series[at[0]], at, colours);
    this.tell(at ? tellPoint(data, at) : "");
    this.legend(colours);
    this.canvas.setAttribute("aria-label", [data.alt, at && tellPoint(data, at)].filter(Boolean).join(" "));
  }

  /** @param {import("../shared/plot.js").Inks} colours */
  legend(colours) {
    const { series } = this.data;
    this.keys.hidden = series.length < 2;
    const stamp = JSON.stringify([series.map(({ name, kind }) => [name, kind]), [...this.out], colours.palette]);
    if (this.stamp === stamp) return;
    this.stamp = stamp;
    this.keys.replaceChildren(
      ...series.map((one) => {
        const swatch = el("canvas", { "aria-hidden": "true" });
        drawSwatch(swatch, one, colours);
        const pressed = String(!this.out.has(one.name));
        const node = el("button", { type: "button", "aria-pressed": pressed }, swatch, one.name);
        node.onclick = () => this.toggle(one.name);
        return node;
      }),
    );
  }

  /** @param {string} name */
  toggle(name) {
    const index = this.data.series.findIndex((one) => one.name === name);
    if (!this.out.delete(name)) this.out.add(name);
    [this.at, this.held] = [null, null];
    this.draw();
    /** @type {HTMLElement} */ (this.keys.children[index]).focus();
  }

  /** @returns {[HTMLCanvasElement, string][]} */
  parts() {
    return [[this.canvas, this.data.series.map(({ name }) => name).join(" · ")]];
  }

  rows() {
    const { x, y, series } = this.data;
    const name = (/** @type {number} */ at) => x.ticks.find(([place]) => place === at)?.[1] ?? at;
    const rows = series.flatMap((one) => one.x.map((at, i) => [one.name, one.labels[i] ?? "", name(at), one.y[i]]));
    return [["series", "label", x.title || "x", y.title], ...rows];
  }
}

/** @extends {Charted<Payload>} */
export default class Chart extends Charted {}
