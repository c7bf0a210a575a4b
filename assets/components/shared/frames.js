// What this page was sent last. A key's frame tells only what differs from an earlier one, which Python knows that we
// hold because we named it: with everything that the board tells goes the name of the newest frame.

import { unpackBoard } from "./bytes.js";

/** @typedef {import("./bytes.js").Part} Part */
/** @typedef {Map<string, Map<string, any>>} Kept frames by name, each the panels' data by name; oldest first */

export const KEPT = 3; // frames; pages/ui/board/frames.py keeps as many

const page = /** @type {{ nanoscopeFrames?: Kept }} */ (globalThis);
/** In the page: a board that is mounted anew goes on with what the page holds. */
const kept = (page.nanoscopeFrames ??= new Map());

/**
 * A board's blob as its panels; null when it builds on a frame that is not here.
 * @param {Uint8Array} bytes
 * @returns {{ frame: string, parts: Part[] } | null}
 */
export function readFrame(bytes) {
  const { frame, parts } = unpackBoard(bytes, (name) => kept.get(name) ?? null);
  if (!parts) return null;
  // The browser's Back may show the message of an earlier frame again: it is then the newest.
  kept.delete(frame);
  kept.set(frame, new Map(parts.map(({ name, data }) => [name, data])));
  for (const old of kept.keys()) if (kept.size > KEPT) kept.delete(old);
  return { frame, parts };
}
