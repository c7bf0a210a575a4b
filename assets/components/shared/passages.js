// Passages of a text with one token marked, the strongest first; and how far the search of them is.

import { bar, el } from "./dom.js";
import { glyph, percent } from "./text.js";

/**
 * @param {string[]} tokens
 * @param {number} at the marked token
 * @param {number[]} others marked otherwise
 */
function text(tokens, at, others) {
  const known = new Set(others);
  /** @type {(Node | string)[]} */
  const parts = [];
  let plain = "";
  tokens.forEach((token, i) => {
    if (i !== at && !known.has(i)) return void (plain += token === " " ? token : glyph(token));
    if (plain) parts.push(plain);
    plain = "";
    parts.push(el("mark", { class: i === at ? "at" : "seen", text: glyph(token) }));
  });
  return el("span", { class: "mono passage" }, ...parts, plain);
}

/**
 * How many characters stand before the mark.
 * @param {{ tokens: string[], at: number }} place
 */
export const before = ({ tokens, at }) => [...tokens.slice(0, at).map(glyph).join("")].length;

/**
 * @param {HTMLElement} list
 * @param {{ tokens: string[], at: number, others: number[], value: string }[]} places
 */
export function listPassages(list, places) {
  const longest = Math.max(0, ...places.map(before));
  list.replaceChildren(
    ...places.map((place) => {
      const passage = text(place.tokens, place.at, place.others);
      passage.prepend(" ".repeat(longest - before(place))); // so that the marks stand below each other
      return el("li", {}, el("span", { class: "mono value", text: place.value }), passage);
    }),
  );
  requestAnimationFrame(() => inSight(list));
}

/**
 * Where there is no room for all of a passage, what is marked stands at three quarters of it.
 * @param {HTMLElement} list
 */
function inSight(list) {
  for (const passage of list.querySelectorAll(".passage")) {
    const mark = /** @type {HTMLElement | null} */ (passage.querySelector(".at"));
    if (!mark || !(passage instanceof HTMLElement)) continue;
    passage.scrollLeft = mark.offsetLeft - passage.offsetLeft - 0.75 * passage.clientWidth;
  }
}

/** How far a search is: a bar, and the share in words. Nothing once it is over. */
export class Searching {
  constructor() {
    this.track = el("span", { class: "track" });
    this.words = el("span", { class: "words" });
    this.line = el("p", { class: "searching" }, this.track, this.words);
  }

  /** @param {number} share */
  show(share) {
    this.line.classList.toggle("done", share >= 1);
    this.track.replaceChildren(bar(share));
    this.words.textContent = share >= 1 ? "All of the text is searched." : `${percent(share)} of the text searched`;
  }
}
