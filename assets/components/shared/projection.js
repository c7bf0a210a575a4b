// Points in two or three dimensions on a picture: turned, fitted, and labelled so that no label lies on another.

/** @typedef {{ x: number, y: number, depth: number }} Spot on the picture; depth from -1 (far) to 1 (near) */
/** @typedef {{ x: number, y: number, wide: number, high: number }} Box of a label: its left upper corner and size */
/** @typedef {{ x: number, y: number, wide: number }} Wanted a point, and how wide its label is */

/**
 * A point seen after the scene was turned: around the upright axis, then towards the one who looks.
 * @param {readonly number[]} point two or three coordinates
 * @param {number} turn in radians
 * @param {number} tilt
 * @returns {[right: number, up: number, near: number]}
 */
export function turned(point, turn, tilt) {
  const [x, y] = point;
  if (point.length < 3) return [x, y, 0];
  const z = point[2];
  const right = x * Math.cos(turn) + z * Math.sin(turn);
  const back = z * Math.cos(turn) - x * Math.sin(turn);
  return [right, y * Math.cos(tilt) - back * Math.sin(tilt), y * Math.sin(tilt) + back * Math.cos(tilt)];
}

/**
 * How points are fitted into a picture: one scale for all axes, so that distances are honest. Three axes turn around
 * their zero; two are shifted to the middle of what they reach.
 * @param {readonly (readonly [low: number, high: number])[]} bounds of each axis
 * @param {number} wide
 * @param {number} high
 * @param {number} pad
 * @param {number} [longest] distance from zero of the point that lies farthest out
 * @returns {(seen: readonly [number, number, number]) => Spot}
 */
export function fitted(bounds, wide, high, pad, longest = 0) {
  const [roomX, roomY] = [wide / 2 - pad, high / 2 - pad];
  if (bounds.length > 2) {
    const reach = Math.max(longest, ...bounds.flat().map(Math.abs)) || 1;
    const size = Math.min(roomX, roomY) / reach;
    return ([x, y, z]) => ({ x: wide / 2 + x * size, y: high / 2 - y * size, depth: z / reach });
  }
  const [midX, midY] = bounds.map(([low, up]) => (low + up) / 2);
  const [halfX, halfY] = bounds.map(([low, up]) => (up - low) / 2 || 1e-6);
  const size = Math.min(roomX / halfX, roomY / halfY);
  return ([x, y]) => ({ x: wide / 2 + (x - midX) * size, y: high / 2 - (y - midY) * size, depth: 0 });
}

/**
 * Where a label may stand around its point, as shares of its own size: right, left, above, below, then the corners.
 * @type {readonly [right: number, down: number][]}
 */
const PLACES = [
  [0, -0.5],
  [-1, -0.5],
  [-0.5, -1],
  [-0.5, 0],
  [0, -1],
  [0, 0],
  [-1, -1],
  [-1, 0],
];

/**
 * A place for each label where it lies on no other label and on no point; null for those that have none.
 * @param {readonly Wanted[]} wanted the most important first
 * @param {{ high: number, gap: number, wide: number, tall: number }} picture height of a label, distance from its
 *   point, and the picture's size
 * @returns {(Box | null)[]}
 */
export function placeLabels(wanted, { high, gap, wide, tall }) {
  /** @type {Box[]} */
  const taken = [];
  return wanted.map((one) => {
    for (const [right, down] of PLACES) {
      const x = one.x + right * one.wide + Math.sign(right + 0.5) * gap * (right === -0.5 ? 0 : 1);
      const y = one.y + down * high + Math.sign(down + 0.5) * gap * (down === -0.5 ? 0 : 1);
      const box = { x, y, wide: one.wide, high };
      const inside = x >= 0 && y >= 0 && x + box.wide <= wide && y + high <= tall;
      if (!inside || taken.some((other) => overlap(box, other))) continue;
      if (wanted.some((other) => other !== one && within(box, other))) continue;
      taken.push(box);
      return box;
    }
    return null;
  });
}

/**
 * @param {Box} a
 * @param {Box} b
 */
export const overlap = (a, b) => a.x < b.x + b.wide && b.x < a.x + a.wide && a.y < b.y + b.high && b.y < a.y + a.high;

/**
 * @param {Box} box
 * @param {{ x: number, y: number }} point
 */
const within = (box, { x, y }) =>
  x > box.x - 1 && x < box.x + box.wide + 1 && y > box.y - 1 && y < box.y + box.high + 1;
