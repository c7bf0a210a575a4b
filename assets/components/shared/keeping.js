// A stack of edits in words, "head.1.6.zero~-mlp.3.mean", in which a click keeps one and another click takes it out.

import { choose } from "./choosing.js";

/** @typedef {import("./panel.js").Panel<any>} Telling */

const MOST = 12; // edits of a stack

export const KEEP = "Click to keep this edit.";
export const TAKE = "Kept; click to take it out.";
export const HELP = "Point at it to read its numbers; a click keeps the edit.";
const FULL = `A stack holds at most ${MOST} edits: take one out first.`;

/** @param {string} stack */
const linesOf = (stack) => (stack ? stack.split("~") : []);

/**
 * Whether an edit is in the stack, and on.
 * @param {string} stack
 * @param {string} word
 */
export const isKept = (stack, word) => linesOf(stack).includes(word);

/**
 * The stack with an edit, or without it where it was on; null: there is no room.
 * @param {string} stack
 * @param {string} word
 */
export function toggled(stack, word) {
  const lines = linesOf(stack);
  if (lines.includes(word)) return lines.filter((line) => line !== word).join("~");
  if (lines.includes("-" + word)) return lines.map((line) => (line === "-" + word ? word : line)).join("~");
  return lines.length < MOST ? [...lines, word].join("~") : null;
}

/**
 * Keep an edit, or take it out: tells Python the whole stack. Returns what to say when it cannot.
 * @param {Telling} panel whose data has the stack, `edits`
 * @param {string} word
 */
export function keep(panel, word) {
  const edits = toggled(panel.data.edits, word);
  if (edits === null) return FULL;
  panel.data.edits = edits; // a second click may come before the answer
  choose(panel, { edits });
  return "";
}
