// Marks of a scatter plot: each group has a shape beside its colour, so that colour alone never tells it.

/** @typedef {(context: CanvasRenderingContext2D, x: number, y: number, r: number) => void} Shape a path of radius r */

/** @type {Shape} */
const circle = (context, x, y, r) => context.arc(x, y, r, 0, 7);

/**
 * A regular polygon.
 * @param {number} corners
 * @param {number} turn where the first one lies, in turns
 * @returns {Shape}
 */
const polygon = (corners, turn) => (context, x, y, r) => {
  for (let i = 0; i <= corners; i++) {
    const angle = 2 * Math.PI * (turn + i / corners);
    const [px, py] = [x + 1.2 * r * Math.cos(angle), y + 1.2 * r * Math.sin(angle)];
    if (i) context.lineTo(px, py);
    else context.moveTo(px, py);
  }
};

/** In the order in which groups take them. @type {readonly Shape[]} */
export const SHAPES = [circle, polygon(4, 0.125), polygon(3, 0.75), polygon(4, 0), polygon(3, 0.25), polygon(6, 0)];

/** The theme's colours of the groups, in the same order. */
export const COLOURS = [
  "--st-orange-color",
  "--st-blue-color",
  "--st-green-color",
  "--st-violet-color",
  "--st-text-color",
  "--st-gray-color",
];

/**
 * One mark, filled.
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
export function mark(context, shape, x, y, r) {
  context.beginPath();
  shape(context, x, y, r);
  context.fill();
}
