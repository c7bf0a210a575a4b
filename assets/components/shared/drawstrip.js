// The strip that a draw falls on: every token that can be drawn is a stretch as long as its probability.

import { ink, mix, paint } from "./colours.js";
import { stretches } from "./distribution.js";
import { css, letters, sharp } from "./dom.js";
import { glyph } from "./text.js";

const THIN = 0.5; // pixels of a stretch, at least
const LETTER = 8; // that no name is narrower than

/**
 * @param {ShadowRoot} root
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {Float64Array} p (V,)
 * @param {string[]} vocabulary (V,)
 * @param {number} u from 0 to 1
 * @returns {number} the token that u falls on
 */
export function drawStrip(root, canvas, width, p, vocabulary, u) {
  const [top, high] = [9, 20];
  const context = sharp(canvas, width, top + high);
  const { back, main, text } = ink(root);
  const { starts, hit } = stretches(p, u);
  const size = letters(13);
  context.font = `${size}px ${css(root, "--st-code-font") || "monospace"}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  let painted = -1; // up to here
  starts.forEach(([i, start], place) => {
    const [x, long] = [start * width, p[i] * width];
    if (i !== hit && x + long < painted) return; // one of very many, thinner than what is painted
    painted = x + Math.max(long, THIN);
    context.fillStyle = paint(mix(back, main, i === hit ? 1 : place % 2 ? 0.4 : 0.2));
    context.fillRect(x, top, Math.max(long, THIN), high);
    if (long < LETTER) return;
    const label = glyph(vocabulary[i]);
    if (context.measureText(label).width + 4 > long) return;
    context.fillStyle = i === hit ? paint(back) : text;
    context.fillText(label, x + long / 2, top + high / 2);
  });
  const x = u * width;
  context.fillStyle = text;
  context.beginPath();
  context.moveTo(x, top + 1);
  context.lineTo(x - 6, 0);
  context.lineTo(x + 6, 0);
  context.fill();
  context.fillRect(x - 0.75, top, 1.5, 3);
  return hit;
}
