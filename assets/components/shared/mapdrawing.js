// What a map has beside its marks: axes through zero, and a path from mark to mark.

import { clamp, css, letters } from "./dom.js";
import { placeLabels } from "./projection.js";
import { glyph } from "./text.js";

/** @typedef {import("./projection.js").Spot} Spot */
/**
 * @typedef {object} Axes
 * @property {[low: number, high: number][]} ends of each axis
 * @property {string[]} called their names
 * @property {number} wide of the picture
 * @property {number} high
 */

/**
 * The axes through zero, with their names at the upper ends.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {Axes} axes
 * @param {(point: number[]) => Spot} seen
 */
export function drawAxes(root, context, { ends, called, wide, high }, seen) {
  context.strokeStyle = css(root, "--st-border-color");
  context.fillStyle = css(root, "--st-text-color");
  context.lineWidth = 1;
  context.textAlign = "left";
  context.textBaseline = "middle";
  ends.forEach(([low, up], i) => {
    const end = (/** @type {number} */ value) => seen(ends.map((_, k) => (k === i ? value : 0)));
    const [from, to] = [end(low), end(up)];
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    const width = context.measureText(called[i]).width;
    const x = clamp(to.x - width / 2, 2, wide - width - 2);
    context.globalAlpha = 0.7;
    context.fillText(called[i], x, clamp(to.y + (i === 0 ? 14 : -12), 8, high - 8));
    context.globalAlpha = 1;
  });
}

/**
 * Marks one after another, the later the stronger.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Spot[]} spots
 */
export function drawPath(root, context, spots) {
  context.strokeStyle = css(root, "--st-primary-color");
  context.lineWidth = 1.3;
  for (let t = 1; t < spots.length; t++) {
    context.globalAlpha = 0.12 + (0.5 * t) / spots.length;
    context.beginPath();
    context.moveTo(spots[t - 1].x, spots[t - 1].y);
    context.lineTo(spots[t].x, spots[t].y);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * Names beside the marks, the important ones first; those without room are left out.
 * @param {ShadowRoot} root
 * @param {CanvasRenderingContext2D} context
 * @param {{ spots: Spot[], names: string[], weight: (u: number) => number, wide: number, high: number }} what weight:
 *   how important each is, those above 0 in bold
 */
export function drawNames(root, context, { spots, names, weight, wide, high }) {
  const size = letters(12);
  const font = css(root, "--st-code-font");
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = css(root, "--st-text-color");
  const order = [...spots.keys()].sort((a, b) => weight(b) - weight(a) || spots[b].depth - spots[a].depth);
  const shown = order.map((u) => glyph(names[u]).slice(0, 12));
  context.font = `600 ${size}px ${font}`;
  const wanted = order.map((u, i) => ({ ...spots[u], wide: context.measureText(shown[i]).width + 2 }));
  placeLabels(wanted, { high: size + 1, gap: 5, wide, tall: high }).forEach((box, i) => {
    if (!box) return;
    const strong = weight(order[i]) > 0;
    context.font = `${strong ? "600 " : ""}${size}px ${font}`;
    context.globalAlpha = strong ? 1 : 0.8;
    context.fillText(shown[i], box.x + 1, box.y + box.high / 2);
  });
  context.globalAlpha = 1;
}
