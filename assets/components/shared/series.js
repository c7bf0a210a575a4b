// What stands in a chart: lines, bars, points, straight lines with names, and their like in the legend.

import { dot, sharp } from "./dom.js";
import { GAP, stroke } from "./plot.js";

/** @typedef {import("../panels/chart.js").Payload} Payload */
/** @typedef {import("../panels/chart.js").Series} Series */
/** @typedef {import("./plot.js").Inks} Inks */
/** @typedef {import("./plot.js").Plot} Plot */

const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [14, 4], [14, 3, 2, 3]];

/**
 * Straight lines with their names; a name that would run into another's is left out, its line stays.
 * @param {Plot} plot
 * @param {Payload["levels"]} levels
 * @param {Inks} inks
 */
export function drawLevels({ context, left, top, right, bottom, size, place }, levels, inks) {
  context.strokeStyle = inks.text;
  context.lineWidth = 1;
  context.setLineDash([2, 4]);
  context.textBaseline = "middle";
  /** @type {[number, number, number, number][]} left, top, right, bottom of names that stand there */
  const taken = [];
  for (const { name, at, axis } of levels) {
    const [x, y] = axis === "x" ? [place(at, 0)[0], top] : [right, place(0, at)[1]];
    if (x < left - 1 || x > right + 1 || y < top - 1 || y > bottom + 1) continue;
    context.globalAlpha = 0.6;
    if (axis === "x") stroke(context, x, top, x, bottom);
    else stroke(context, left, y, right, y);
    context.globalAlpha = 1;
    const wide = context.measureText(name).width;
    const from = axis === "x" ? (x + GAP + wide > right ? x - GAP - wide : x + GAP) : right - wide;
    let middle = axis === "x" ? top + size * 0.7 : y - size * 0.7;
    const hit = () =>
      taken.some(([a, b, c, d]) => from < c && from + wide > a && middle + size * 0.6 > b && middle - size * 0.6 < d);
    const lowest = axis === "x" ? bottom - size : top; // only beside an upright line is there room below
    while (middle < lowest && hit()) middle += size * 1.3;
    if (hit()) continue;
    taken.push([from, middle - size * 0.6, from + wide, middle + size * 0.6]);
    context.fillStyle = inks.back;
    context.fillRect(from - 2, middle - size * 0.6, wide + 4, size * 1.2);
    context.fillStyle = inks.text;
    context.textAlign = "left";
    context.fillText(name, from, middle);
  }
  context.setLineDash([]);
}

/**
 * @param {Plot} plot
 * @param {Series} series
 * @param {number} s its place in the data
 * @param {Inks} inks
 */
export function drawSeries(plot, series, s, inks) {
  const { context, left, top, right, bottom, size, place } = plot;
  const { x, y, kind, labels } = series;
  context.save();
  context.beginPath();
  context.rect(left - 4, top - 4, right - left + 8, bottom - top + 8);
  context.clip();
  const colour = inks.palette[series.colour % inks.palette.length];
  context.fillStyle = context.strokeStyle = colour;
  const places = x.flatMap((at, i) => {
    const up = y[i];
    return up === null ? [] : [place(at, up)];
  });
  if (kind === "bars") {
    const [wide, aside] = [plot.bars.wide, plot.bars.aside(s)];
    const ground = Math.min(place(0, 0)[1], bottom);
    for (const [at, height] of places) barOf(context, at + aside - wide / 2, height, wide, ground, series.dash);
  } else if (kind !== "points") {
    context.lineWidth = 2;
    context.setLineDash(DASHES[series.dash % DASHES.length]);
    context.beginPath();
    for (const [at, height] of places) context.lineTo(at, height);
    context.stroke();
    context.setLineDash([]);
  }
  if (kind === "dots") for (const [at, height] of places) dot(context, at, height, 3);
  if (kind === "points") for (const [at, height] of places) mark(context, at, height, 5, series.dash);
  context.restore();
  context.fillStyle = inks.text;
  context.textBaseline = "bottom";
  places.forEach(([at, height], i) => {
    const label = labels[i];
    if (!label) return;
    const fits = at + GAP + context.measureText(label).width <= right + 8;
    context.textAlign = fits ? "left" : "right";
    context.fillText(label, fits ? at + GAP : at - GAP, height - size * 0.3);
  });
}

/**
 * A bar, full or hatched.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} wide
 * @param {number} ground
 * @param {number} dash
 */
function barOf(context, x, y, wide, ground, dash) {
  const [from, tall] = [Math.min(y, ground), Math.abs(ground - y)];
  context.lineWidth = 1;
  if (!dash) return context.fillRect(x, from, Math.max(1, wide - 1), tall);
  context.save();
  context.beginPath();
  context.rect(x, from, Math.max(1, wide - 1), tall);
  context.globalAlpha = 0.25;
  context.fill();
  context.globalAlpha = 1;
  context.stroke();
  context.clip();
  for (let at = from - wide; at < from + tall + wide; at += 4) stroke(context, x, at + wide, x + wide, at);
  context.restore();
}

/**
 * A point: a disc, or a diamond.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {number} dash
 */
function mark(context, x, y, radius, dash) {
  if (!dash) return dot(context, x, y, radius);
  context.beginPath();
  context.moveTo(x, y - radius * 1.3);
  context.lineTo(x + radius * 1.3, y);
  context.lineTo(x, y + radius * 1.3);
  context.lineTo(x - radius * 1.3, y);
  context.fill();
}

/**
 * Around the number one looks at.
 * @param {Plot} plot
 * @param {Series} series
 * @param {[s: number, i: number]} at
 * @param {Inks} inks
 */
export function ring({ context, top, bottom, place, bars }, series, [s, i], inks) {
  const up = series.y[i];
  if (up === null) return;
  const [x, y] = place(series.x[i], up);
  const across = x + (series.kind === "bars" ? bars.aside(s) : 0);
  context.strokeStyle = inks.text;
  context.lineWidth = 1;
  context.globalAlpha = 0.5;
  stroke(context, across, top, across, bottom);
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(across, y, 6, 0, 7);
  context.stroke();
}

/**
 * What a series looks like, small, for the legend.
 * @param {HTMLCanvasElement} canvas
 * @param {Series} series
 * @param {Inks} inks
 */
export function drawSwatch(canvas, { kind, colour, dash }, { palette }) {
  const context = sharp(canvas, 28, 10);
  context.fillStyle = context.strokeStyle = palette[colour % palette.length];
  context.lineWidth = 2;
  if (kind === "bars") return barOf(context, 8, 1, 12, 9, dash);
  if (kind === "points") return mark(context, 14, 5, 3.5, dash);
  context.setLineDash(DASHES[dash % DASHES.length]);
  stroke(context, 0, 5, 28, 5);
  if (kind === "dots") dot(context, 14, 5, 3);
}
