// The token vectors along two or three principal axes, which one can turn, with the prompt's path through them.

import { hover, looking } from "../shared/bus.js";
import { mix, paint, rgb } from "../shared/colours.js";
import { arrow, clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { savePng } from "../shared/png.js";
import { drawAxes, drawNames, drawPath } from "../shared/mapdrawing.js";
import { fitted, turned } from "../shared/projection.js";
import { COLOURS, SHAPES, mark } from "../shared/shapes.js";
import { glyph, percent, spoken, thousands } from "../shared/text.js";

/** @typedef {import("../shared/projection.js").Spot} Spot */
/**
 * @typedef {object} Payload
 * @property {number} U tokens on the map
 * @property {number} K axes to choose from
 * @property {string[]} names (U,)
 * @property {number[]} row of each of the prompt's tokens (T,)
 * @property {string} colour what the colours stand for
 * @property {string[]} colours that can be chosen
 * @property {number[]} group of each token (U,); or how often it occurs
 * @property {readonly string[]} groups what they are called; none where the colour is a number
 * @property {number[]} axes two or three, from 0
 * @property {number[]} shares of the variance (K,)
 * @property {string} view "last" or "own": whose axes
 * @property {number} steps that this model has kept
 * @property {number[]} low of the points (K,)
 * @property {number[]} high
 * @property {string} sentence
 * @property {Float32Array} points (U, K)
 */

const HIGH = 400;
const PAD = 26;
const NEAR = 14; // pixels from the pointer
const TURN = 0.12; // radians of an arrow key

/** @extends {Card<Payload>} */
export default class Space extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Map of the vectors", "run");
    this.picks = [0, 1, 2].map((i) => el("select", { "aria-label": `Axis ${i + 1}`, onchange: () => this.choose(i) }));
    this.colour = el("select", {
      "aria-label": "Colour by",
      onchange: () => this.send("choice", { colour: this.colour.value }),
    });
    this.view = el("select", {
      "aria-label": "Whose axes",
      onchange: () => this.send("choice", { "axes-of": this.view.value }),
    });
    this.view.append(el("option", { value: "last", text: "the last step's" }));
    this.view.append(el("option", { value: "own", text: "this step's own" }));
    this.whose = el("label", { class: "row" }, "Axes ", this.view);
    this.save = el("button", { type: "button", class: "soft", text: "PNG", title: "Save the map as a PNG" });
    this.canvas = el("canvas", { tabindex: 0, role: "img" });
    this.save.onclick = () => savePng(root, [this.canvas], [this.note.textContent ?? ""], "token-map.png");
    const bar = el(
      "div",
      { class: "row controls" },
      ...this.picks,
      el("label", { class: "row" }, "colour ", this.colour),
    );
    bar.append(this.whose, this.save);
    this.legend = el("ul", { class: "legend" });
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.body.append(bar, this.canvas, this.legend, this.readout);
    this.turn = 0.6;
    this.tilt = 0.35;
    /** @type {number | null} the token under the pointer */
    this.near = null;
    /** @type {Spot[]} */
    this.spots = [];
    this.wire();
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    const { K, axes, shares, colour, colours, view, steps, U } = this.data;
    if ((this.near ?? 0) >= U) this.near = null; // of a larger alphabet
    const options = () =>
      [...Array(K).keys()].map((k) => el("option", { value: k, text: `axis ${k + 1}: ${percent(shares[k])}` }));
    this.picks.forEach((pick, i) => {
      pick.replaceChildren(...(i === 2 ? [el("option", { value: "", text: "2-D: no third axis" })] : []), ...options());
      pick.value = String(axes[i] ?? "");
    });
    this.colour.replaceChildren(...colours.map((one) => el("option", { value: one, text: one })));
    this.colour.value = colour;
    this.view.value = view;
    this.whose.hidden = steps < 2;
  }

  /**
   * Another axis was picked at a place; one that another place has is swapped.
   * @param {number} place
   */
  choose(place) {
    const chosen = [...this.data.axes];
    const value = this.picks[place].value;
    if (value === "") chosen.splice(2);
    else {
      const other = chosen.indexOf(Number(value));
      if (other >= 0) chosen[other] = chosen[place] ?? [0, 1, 2].find((axis) => !chosen.includes(axis)) ?? 0;
      chosen[place] = Number(value);
    }
    this.send("choice", { axes: chosen.map((axis) => axis + 1).join(".") });
  }

  draw() {
    const { sentence, names, row, axes } = this.data;
    this.say(`${sentence}${axes.length > 2 ? " Drag it, or use the arrow keys, to turn it." : ""}`);
    this.picture();
    this.describe();
    const at = this.near;
    const path = row.length ? ` The line is the prompt's path, from its first token to its last.` : "";
    this.readout.textContent = at === null ? `Point at a mark to read it.${path}` : this.tell(at);
    const used = [...new Set(row)].map((u) => spoken(names[u])).join(", ") || "none";
    this.canvas.setAttribute("aria-label", `Map of ${names.length} token vectors. In the prompt: ${used}.`);
  }

  /** @param {number} u */
  tell(u) {
    const { names, axes, points, K, group, groups } = this.data;
    const place = axes.map((axis) => `axis ${axis + 1}: ${points[u * K + axis].toFixed(3)}`).join(", ");
    const what = groups.length ? groups[group[u]] : `${thousands(group[u])} times in the text`;
    return `“${glyph(names[u])}” (${what}): ${place}.`;
  }

  /** What the colours and shapes mean. */
  describe() {
    const { group, groups } = this.data;
    const there = groups.flatMap((name, g) => (group.includes(g) ? [[name, g]] : []));
    const drawn = there.map(([name, g]) => {
      const sample = el("canvas", { "aria-hidden": "true" });
      const context = sharp(sample, 12, 12);
      context.fillStyle = css(this.root, COLOURS[Number(g)]);
      mark(context, SHAPES[Number(g)], 6, 6, 4);
      return el("li", {}, sample, String(name));
    });
    const most = Math.max(...group);
    const counted = most > 0 ? `the darker, the more frequent: up to ${thousands(most)} times` : "its text is not here";
    this.legend.replaceChildren(...(groups.length ? drawn : [el("li", { text: counted })]));
  }

  /** The colour of a token. @param {number} u */
  colourOf(u) {
    const { group, groups } = this.data;
    if (groups.length) return css(this.root, COLOURS[group[u]]);
    const most = Math.max(...group, 1);
    const share = Math.log1p(group[u]) / Math.log1p(most);
    const [pale, full] = ["--st-border-color", "--st-primary-color"].map((name) => rgb(css(this.root, name)));
    return paint(mix(pale, full, 0.15 + 0.85 * share));
  }

  picture() {
    const { U, K, names, row, axes, points, low, high, group, groups } = this.data;
    const wide = this.width(500);
    const context = sharp(this.canvas, wide, HIGH);
    const from = (/** @type {number} */ u) => Math.hypot(...axes.map((axis) => points[u * K + axis]));
    const fit = fitted(
      axes.map((axis) => [low[axis], high[axis]]),
      wide,
      HIGH,
      PAD,
      Math.max(...Array.from({ length: U }, (_, u) => from(u))),
    );
    const seen = (/** @type {number[]} */ point) => fit(turned(point, this.turn, this.tilt));
    this.spots = Array.from({ length: U }, (_, u) => seen(axes.map((axis) => points[u * K + axis])));
    const text = css(this.root, "--st-text-color");
    context.font = `${letters(12)}px ${css(this.root, "--st-font")}`;
    const ends = axes.map((axis) => /** @type {[number, number]} */ ([low[axis], high[axis]]));
    const called = axes.map((axis) => `axis ${axis + 1} (${percent(this.data.shares[axis])})`);
    drawAxes(this.root, context, { ends, called, wide, high: HIGH }, seen);
    drawPath(
      this.root,
      context,
      row.map((u) => this.spots[u]),
    );
    const here = row.length ? row[looking(row.length)] : null;
    const used = new Set(row);
    const farFirst = [...this.spots.keys()].sort((a, b) => this.spots[a].depth - this.spots[b].depth);
    for (const u of farFirst) {
      const { x, y, depth } = this.spots[u];
      context.globalAlpha = used.has(u) || u === this.near ? 1 : 0.75 + 0.2 * depth;
      context.fillStyle = this.colourOf(u);
      mark(context, SHAPES[groups.length ? group[u] : 0], x, y, (used.has(u) ? 4.5 : 3.2) * (1 + 0.3 * depth));
      if (u !== here && u !== this.near) continue;
      context.strokeStyle = u === here ? css(this.root, "--st-blue-color") : text;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, 9, 0, 7);
      context.stroke();
    }
    context.globalAlpha = 1;
    const weight = (/** @type {number} */ u) => (u === this.near ? 3 : u === here ? 2 : used.has(u) ? 1 : 0);
    drawNames(this.root, context, { spots: this.spots, names, weight, wide, high: HIGH });
  }

  wire() {
    const { canvas } = this;
    /** @type {{ x: number, y: number } | null} */
    let grabbed = null;
    canvas.onpointerdown = (event) => {
      if (this.data.axes.length < 3) return;
      grabbed = placeOf(event);
      canvas.setPointerCapture(event.pointerId);
    };
    canvas.onpointermove = (event) => {
      const at = placeOf(event);
      if (!grabbed) return this.point(this.nearest(at));
      this.rotate((at.x - grabbed.x) / 120, (at.y - grabbed.y) / 120);
      grabbed = at;
    };
    canvas.onpointerup = canvas.onpointercancel = () => {
      grabbed = null;
    };
    canvas.onpointerleave = canvas.onblur = () => this.point(null);
    canvas.onkeydown = (event) => {
      const by = arrow(event.key);
      if (event.key === "Escape") this.point(null);
      if (!by) return;
      event.preventDefault();
      const { axes, row } = this.data;
      if (axes.length > 2) this.rotate(by[1] * TURN, by[0] * TURN);
      else if (row.length) hover(clamp(looking(row.length) + by[0] + by[1], 0, row.length - 1));
    };
  }

  /**
   * @param {number} right
   * @param {number} down
   */
  rotate(right, down) {
    this.turn += right;
    this.tilt = clamp(this.tilt + down, -1.5, 1.5);
    this.drawSoon();
  }

  /** @param {number | null} near */
  point(near) {
    if (near === this.near) return;
    this.near = near;
    this.drawSoon();
  }

  /**
   * The token at a place of the picture, if one is near.
   * @param {{ x: number, y: number }} pointer
   */
  nearest(pointer) {
    const away = this.spots.map(({ x, y }) => Math.hypot(x - pointer.x, y - pointer.y));
    const least = Math.min(...away);
    return least < NEAR ? away.indexOf(least) : null;
  }
}
