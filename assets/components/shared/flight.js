// A token on its way back: what was drawn at the right end joins the prompt at the left one.

import { el, scale } from "./dom.js";
import { glyph } from "./text.js";

const TAKES = 700; // milliseconds

/** @typedef {{ x: number, y: number, w: number, h: number }} Box in the pixels of a picture */

/**
 * Moves a chip over a picture; not for whoever wants no motion.
 * @param {HTMLElement} stage that holds the picture
 * @param {string} token
 * @param {Box} from
 * @param {Box} to
 */
export function fly(stage, token, from, to) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const chip = el("span", { class: "flying mono", "aria-hidden": "true", text: glyph(token) });
  const large = scale();
  const at = (/** @type {Box} */ { x, y }) => `translate(${x * large}px, ${y * large}px)`;
  stage.append(chip);
  const way = chip.animate([{ transform: at(from) }, { transform: at(to) }], {
    duration: TAKES,
    easing: "ease-in-out",
  });
  way.onfinish = () => chip.remove();
  way.oncancel = () => chip.remove();
}
