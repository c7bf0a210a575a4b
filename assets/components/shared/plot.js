// A chart's canvas: how much room its axes need, where a number stands, and the axes themselves.

import { thinned, ticksOf, wrapped } from "./axes.js";
import { css, letters, sharp } from "./dom.js";

/** @typedef {import("../panels/chart.js").Payload} Payload */
/** @typedef {import("../panels/chart.js").Series} Series */
/** @typedef {import("./axes.js").Span} Span */
/** @typedef {{ text: string, line: string, back: string, font: string, palette: string[] }} Inks of the theme */
/**
 * @typedef {object} Plot
 * @property {CanvasRenderingContext2D} context
 * @property {number} left where the numbers begin
 * @property {number} top
 * @property {number} right where they end
 * @property {number} bottom
 * @property {number} size of the letters
 * @property {[at: number, name: string][]} across names along the axis below
 * @property {[at: number, name: string][]} up names along the axis at the left
 * @property {(x: number, y: number) => [left: number, top: number]} place
 * @property {{ wide: number, aside: (s: number) => number }} bars width of one, and how far it stands from its place
 */

export const GAP = 5; // between names and what they name
const BARS = 0.8; // of a place
const LINES = 3; // of a name below the axis

/**
 * @param {ShadowRoot} root
 * @returns {Inks}
 */
export const inkOf = (root) => ({
  text: css(root, "--st-text-color"),
  line: css(root, "--st-border-color"),
  back: css(root, "--st-secondary-background-color"),
  font: css(root, "--st-font") || "sans-serif",
  palette: css(root, "--st-chart-categorical-colors").split(","),
});

/**
 * The canvas with its axes' room: as much as their names need.
 * @param {HTMLCanvasElement} canvas
 * @param {Payload} data
 * @param {{ x: Span, y: Span }} spans
 * @param {{ one: Series, s: number }[]} shown
 * @param {number} width
 * @param {Inks} inks
 * @returns {Plot}
 */
export function layOut(canvas, { x, y, height }, spans, shown, width, inks) {
  const context = sharp(canvas, width, height);
  const size = letters(11);
  context.font = `${size}px ${inks.font}`;
  const wide = (/** @type {string} */ text) => context.measureText(text).width;
  const top = y.title ? size * 1.7 : size * 0.7;
  const up = y.ticks.length ? y.ticks : ticksOf(y.scale, spans.y, (height - top) / (size * 4));
  const left = Math.max(...up.map(([, name]) => wide(name)), 12) + GAP + 1;
  const right = width - 8;
  const roomy = (right - left) / (size * 7);
  const across = x.ticks.length ? x.ticks : ticksOf(x.scale, spans.x, roomy);
  const room = (right - left) / Math.max(1, x.ticks.length) - GAP;
  const lines = x.ticks.length ? Math.max(...x.ticks.map(([, name]) => wrapped(name, wide, room).length)) : 1;
  const below = Math.min(lines, LINES) + (x.groups.length ? 1 : 0) + (x.title ? 1.1 : 0);
  const bottom = height - GAP - below * size * 1.25;
  const bars = shown.filter(({ one }) => one.kind === "bars").map(({ s }) => s);
  const share = Math.abs(spans.x.share(1) - spans.x.share(0)) * (right - left) * BARS;
  const bar = share / Math.max(1, bars.length);
  return {
    context, left, top, right, bottom, size, across, up,
    place: (at, number) => [
      left + spans.x.share(at) * (right - left),
      bottom - spans.y.share(number) * (bottom - top),
    ],
    bars: { wide: bar, aside: (s) => (bars.indexOf(s) - (bars.length - 1) / 2) * bar },
  }; // prettier-ignore
}

/**
 * @param {Plot} plot
 * @param {Payload} data
 * @param {Inks} inks
 */
export function drawAxes(plot, { x, y }, inks) {
  const { context, left, top, right, bottom, size, place } = plot;
  const wide = (/** @type {string} */ text) => context.measureText(text).width;
  context.strokeStyle = inks.line;
  context.fillStyle = inks.text;
  context.lineWidth = 1;
  context.setLineDash([]);
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const [at, name] of plot.up) {
    const height = place(x.low ?? 0, at)[1];
    if (height < top - 1 || height > bottom + 1) continue;
    stroke(context, left, height, right, height);
    context.fillText(name, left - GAP, height);
  }
  stroke(context, left, bottom, right, bottom);
  context.textAlign = "left";
  if (y.title) context.fillText(y.title, 0, size * 0.6);
  context.textAlign = "center";
  context.textBaseline = "top";
  const line = size * 1.25;
  const under = (/** @type {string} */ text, /** @type {number} */ at, /** @type {number} */ row) => {
    const half = wide(text) / 2;
    context.fillText(text, Math.max(half, Math.min(right + 8 - half, at)), bottom + GAP + row * line);
  };
  const room = (right - left) / Math.max(1, plot.across.length);
  const names = plot.across.map(([, name]) =>
    x.ticks.length ? wrapped(name, wide, room - GAP).slice(0, LINES) : [name],
  );
  const widest = Math.max(0, ...names.flat().map(wide));
  const every = thinned(names.length, room, widest + GAP);
  plot.across.forEach(([at], i) => {
    if (i % every === 0) names[i].forEach((text, row) => under(text, place(at, 0)[0], row));
  });
  const rows = Math.max(1, ...names.map((text) => text.length));
  for (const [at, name] of x.groups) under(name, place(at, 0)[0], rows);
  context.textAlign = "right";
  if (x.title) context.fillText(x.title, right, bottom + GAP + (rows + (x.groups.length ? 1 : 0)) * line);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} toX
 * @param {number} toY
 */
export function stroke(context, x, y, toX, toY) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}
