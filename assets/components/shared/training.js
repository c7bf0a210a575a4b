// A training along its kept steps: where a step stands, what is known of it, and its losses as curves.

import { dot } from "./dom.js";
import { thousands } from "./text.js";

/** @typedef {[step: number, val: number, train: number]} Losses nats a character */
/**
 * @typedef {object} Scale
 * @property {(step: number) => number} x
 * @property {(loss: number) => number} y
 */

export const THUMB = 8; // half of the slider's thumb, in pixels: its first stop is so far from the edge

/**
 * The measured point whose step is nearest; undefined of none.
 * @template {readonly number[]} Point
 * @param {readonly Point[]} points each begins with its step
 * @param {number} step
 * @returns {Point | undefined}
 */
export function nearest(points, step) {
  const away = (/** @type {Point} */ point) => Math.abs(point[0] - step);
  return points.length ? points.reduce((a, b) => (away(b) < away(a) ? b : a)) : undefined;
}

/**
 * Where a step lies among the slider's stops: 2.5 is half-way between the third and the fourth. Between two stops steps
 * stand by their logarithm: kept steps are log-spaced, so that a curve has no kinks where the axis has none.
 * @param {readonly number[]} steps
 * @param {number} at
 */
export function stopOf(steps, at) {
  const next = steps.findIndex((step) => step >= at);
  if (next <= 0) return next ? steps.length - 1 : 0;
  const [from, here, to] = [steps[next - 1], at, steps[next]].map((step) => Math.log1p(step));
  return next - (to - here) / (to - from);
}

/**
 * Where a step stands, from 0 to 1: where the slider's thumb does; of a single kept step, by its logarithm.
 * @param {readonly number[]} steps
 * @param {number} at
 */
export function along(steps, at) {
  const last = steps.length - 1;
  if (last > 0) return stopOf(steps, at) / last;
  return steps[0] > 0 ? Math.min(1, Math.log1p(at) / Math.log1p(steps[0])) : 1;
}

/**
 * What stands on the axis: nothing was kept before the first stop of several.
 * @param {readonly number[]} steps
 * @param {readonly Losses[]} losses
 */
export const onAxis = (steps, losses) => (steps.length > 1 ? losses.filter(([at]) => at >= steps[0]) : losses);

/**
 * A step in words, with what was measured there or nearest to it.
 * @param {{ steps: readonly number[], losses: readonly Losses[] }} training
 * @param {number} step
 * @param {(known: Losses) => string} measured
 */
export function tellStep({ steps, losses }, step, measured) {
  const last = steps.length - 1;
  const known = nearest(losses, step);
  const which = last > 0 ? ` of ${thousands(steps[last])}` : step === steps[0] ? ", the only one kept" : "";
  const from = known && known[0] !== step ? ` (at ${thousands(known[0])})` : "";
  return `step ${thousands(step)}${which}` + (known ? measured(known) + from : "");
}

/**
 * From the lowest loss to the highest, and where a loss stands between two heights.
 * @param {readonly number[]} values
 * @param {number} top
 * @param {number} foot
 */
export function heights(values, top, foot) {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const y = (/** @type {number} */ loss) => top + ((high - loss) / (high - low || 1)) * (foot - top);
  return { low, high, y };
}

/**
 * One loss over the steps, with a dot of this radius where it was measured: between dots the line only joins them.
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {readonly Losses[]} losses
 * @param {1 | 2} column
 * @param {{ colour: string, width: number, dashes?: number[], radius?: number }} look
 */
export function curve(context, { x, y }, losses, column, { colour, width, dashes = [], radius = 0 }) {
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dashes);
  context.beginPath();
  for (const loss of losses) context.lineTo(x(loss[0]), y(loss[column]));
  context.stroke();
  context.setLineDash([]);
  if (radius) for (const loss of losses) dot(context, x(loss[0]), y(loss[column]), radius);
}
