// Axes of a chart: where numbers stand, which round ones are told, and how numbers and names are written along them.

import { tenths, thousands } from "./text.js";

/** @typedef {"linear" | "log" | "log1"} Kind log1: a number stands at log(1 + number), so that 0 has a place */
/**
 * @typedef {object} Axis as Python tells it
 * @property {string} title
 * @property {Kind} scale
 * @property {number | null} low
 * @property {number | null} high
 * @property {[at: number, name: string][]} ticks places with names; none: round numbers
 * @property {[at: number, name: string][]} groups what stands under several of them
 * @property {string} form how one of its numbers is written
 */
/** @typedef {{ low: number, high: number, share: (x: number) => number }} Span share: 0 at low, 1 at high */

const ROOM = 0.04; // of an axis, before the first number and behind the last

/** @type {Record<Kind, (x: number) => number>} */
const BENT = { linear: (x) => x, log: (x) => Math.log10(x), log1: (x) => Math.log10(1 + x) };
/** @type {Record<Kind, (y: number) => number>} */
const UNBENT = { linear: (y) => y, log: (y) => 10 ** y, log1: (y) => 10 ** y - 1 };

/**
 * From where to where an axis goes, and where on it a number stands.
 * @param {Axis} axis
 * @param {number[]} numbers that shall be on it
 * @returns {Span}
 */
export function spanOf({ scale, low, high, ticks }, numbers) {
  const bent = BENT[scale];
  const found = numbers.map(bent).filter(Number.isFinite);
  const named = ticks.map(([at]) => bent(at));
  let [from, to] = [Math.min(...found, ...named), Math.max(...found, ...named)];
  if (from > to) [from, to] = [0, 1]; // no number at all
  const room = ticks.length ? 0.5 : (to - from || Math.abs(to) || 1) * ROOM;
  [from, to] = [low === null ? from - room : bent(low), high === null ? to + room : bent(high)];
  return { low: UNBENT[scale](from), high: UNBENT[scale](to), share: (x) => (bent(x) - from) / (to - from || 1) };
}

/**
 * Round numbers along an axis, some `wanted` of them.
 * @param {Kind} scale
 * @param {Span} span
 * @param {number} wanted
 * @returns {[at: number, name: string][]}
 */
export function ticksOf(scale, { low, high }, wanted) {
  if (scale !== "linear") {
    const found = powers(low, high, scale === "log1");
    if (found.length > 1) return found;
  }
  const rough = (high - low) / Math.max(1, wanted);
  const ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * ([1, 2, 5].find((times) => times * ten >= rough * 0.999) ?? 10);
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  /** @type {[number, string][]} */
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) {
    const at = n * step || 0; // never -0
    found.push([at, decimals > 6 ? at.toExponential(0) : at.toLocaleString("en", fixed(decimals))]);
  }
  return found;
}

/** @param {number} decimals */
const fixed = (decimals) => ({ minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/**
 * The powers of ten between two numbers, and 0 where it has a place.
 * @param {number} low
 * @param {number} high
 * @param {boolean} zero
 */
function powers(low, high, zero) {
  /** @type {[number, string][]} */
  const found = zero && low <= 0 ? [[0, "0"]] : [];
  for (let n = zero ? 1 : Math.ceil(Math.log10(low) - 1e-9); 10 ** n <= high * (1 + 1e-9); n++) {
    const at = 10 ** n;
    found.push([at, n < 0 ? String(+at.toPrecision(1)) : thousands(at)]);
  }
  return found;
}

/**
 * A number as an axis writes it: ".4g" four digits, ".3f" three decimals, ",d" a whole number, ".1%" a share.
 * @param {string} form
 * @param {number} x
 */
export function written(form, x) {
  const digits = Number(/\d+/.exec(form)?.[0] ?? 4);
  if (form.endsWith("%")) return tenths(x);
  if (form.endsWith("d")) return thousands(Math.round(x));
  if (form.endsWith("f")) return x.toFixed(digits).replace(/^-(0\.?0*)$/, "$1");
  const shown = +x.toPrecision(digits);
  return Math.abs(shown) >= 1e-4 || shown === 0 ? String(shown) : shown.toExponential();
}

/**
 * Names along an axis: each n-th of them, so that every one has the room that it needs.
 * @param {number} count
 * @param {number} room pixels from one to the next
 * @param {number} apart pixels that a name needs
 */
export const thinned = (count, room, apart) => Math.min(count, Math.max(1, Math.ceil(apart / room)));

/**
 * A name in as many lines as its room asks for, none of them cut; words stay whole.
 * @param {string} name
 * @param {(text: string) => number} wide
 * @param {number} room
 */
export function wrapped(name, wide, room) {
  /** @type {string[]} */
  const lines = [];
  for (const word of name.split(" ")) {
    const last = lines[lines.length - 1];
    if (last !== undefined && wide(`${last} ${word}`) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
