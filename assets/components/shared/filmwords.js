// The film's numbers in words, and as the rows of a file.

import { exact, short } from "./text.js";

/** @typedef {import("./filmmaps.js").Tensor} Tensor */
/** @typedef {import("./filmmaps.js").Cell} Cell */

/**
 * One number in words and figures.
 * @param {Tensor} tensor
 * @param {Cell} cell
 * @param {number} value
 * @param {number} gradient NaN: it has none
 */
export function tellNumber({ name, title, rows, columns, kind, C, text }, [r, c], value, gradient) {
  const where = [rows[r], columns[c]].filter(Boolean).join(", ");
  const what = name.startsWith("step.") ? name.slice(5) : name.replace("after.", "");
  const head = `${what} · ${title}: ${where}: `;
  if (kind === "token") return `${head}“${text[r * C + c]}”, number ${value} of the vocabulary.`;
  if (Number.isNaN(gradient)) return `${head}${exact(value)}.`;
  const way = gradient === 0 ? "a little more of it leaves the loss as it is" : wayOf(gradient);
  return `${head}${exact(value)}, gradient ${exact(gradient)}: ${way}.`;
}

/** What a gradient says. @param {number} gradient */
function wayOf(gradient) {
  const way = gradient > 0 ? "raise" : "lower";
  return `0.001 more of it would ${way} the mean loss by about ${short(Math.abs(gradient) / 1000)}`;
}

const SAID = new Set(["old", "gradient", "m", "v", "momentum", "new"]); // stages of a step that the line has room for

/**
 * The followed weight: where it is, and what its step makes of it.
 * @param {Tensor[]} tensors one behind the other
 * @param {Float32Array} values
 * @param {string} weight "query.3.2"
 */
export function tellFollowed(tensors, values, weight) {
  const [name, ...place] = weight.split(".");
  const [r, c] = place.map((one) => Number(one) - 1);
  const own = tensors.find((one) => one.name === name);
  /** @type {string[]} */
  const told = [];
  let at = 0;
  for (const { name: other, R, C } of tensors) {
    const stage = other.startsWith("step.") ? other.slice(5) : "";
    if (SAID.has(stage)) told.push(`${stage} ${exact(values[at + r * C + c])}`);
    at += R * C;
  }
  const where = own ? [own.title, own.rows[r], own.columns[c]].filter(Boolean).join(", ") : weight;
  return `Framed in orange, the followed weight, ${where}: ${told.join(", ")}. Point at any number to read it.`;
}

/**
 * All numbers, the names of the columns first.
 * @param {Tensor[]} tensors one behind the other
 * @param {Float32Array} values
 * @param {Float32Array} gradients NaN: there is none
 */
export function fileRows(tensors, values, gradients) {
  /** @type {import("./files.js").Field[][]} */
  const rows = [["tensor", "row", "column", "value", "gradient"]];
  let at = 0;
  for (const { name, R, C, rows: down, columns } of tensors) {
    for (let i = 0; i < R * C; i++, at++) {
      const slope = Number.isNaN(gradients[at]) ? null : gradients[at];
      rows.push([name, down[Math.floor(i / C)], columns[i % C], values[at], slope]);
    }
  }
  return rows;
}
