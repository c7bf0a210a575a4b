// What is selected, in words; tokens and numbers count from 1.

import { STAGES, isSquare } from "./stages.js";
import { glyph } from "./text.js";

/** @typedef {import("./bus.js").Cell} Cell */

/**
 * The pair of tokens that a cell belongs to; null: it is a number of one token, or none is selected.
 * @param {Cell | null} cell
 * @param {number} T
 * @returns {[query: number, key: number] | null}
 */
export const pairOf = (cell, T) =>
  cell && isSquare(cell[0]) && cell[1] < T && cell[2] < T ? [cell[1], cell[2]] : null;

/**
 * @param {readonly string[]} tokens
 * @param {number} pin
 */
export const tellPin = (tokens, pin) => `token ${pin + 1} “${glyph(tokens[pin])}” pinned`;

/** @param {Cell} cell */
export function tellCell([part, row, column]) {
  if (!isSquare(part)) return `cell ${part} ${row + 1}, number ${column + 1}`;
  const name = part === "dot" ? "q·k" : STAGES.find(({ parts }) => parts.includes(part))?.name;
  return `cell ${name} ${row + 1} → ${column + 1}`;
}

/**
 * @param {readonly string[]} switches
 * @param {Record<string, string>} titles
 */
export const tellSwitches = ([first, ...more], titles) =>
  more.length ? `${more.length + 1} switches on` : (titles[first] ?? first).replace(/\.$/, "");
