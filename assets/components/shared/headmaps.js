// Every head's map, small, layers down and heads across, on one canvas.

import { ink, pixels, weightRamp } from "./colours.js";
import { css, sharp } from "./dom.js";

/** @typedef {import("./attention.js").Attention} Attention */
/** @typedef {import("./cells.js").CellCanvas} CellCanvas */

const GAP = 2; // between two maps

/**
 * A pixel a weight, and a frame around the chosen head.
 * @param {ShadowRoot} root
 * @param {CellCanvas} canvas
 * @param {Attention} attention
 * @param {number} width
 * @param {{ layer: number, head: number }} chosen
 */
export function drawHeads(root, canvas, { L, H, T, causal, pattern }, width, { layer, head }) {
  const side = (width - GAP) / Math.max(L, H);
  const context = sharp(canvas, side * H + GAP, side * L + GAP);
  canvas.geometry = { left: 0, top: 0, side, high: side, R: L, C: H };
  const shades = pixels(256, weightRamp(root));
  const small = new OffscreenCanvas(T, T);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
  const image = pen.createImageData(T, T);
  const all = new Uint32Array(image.data.buffer);
  context.imageSmoothingEnabled = T > side;
  context.strokeStyle = ink(root).line;
  let from = 0;
  for (let i = 0; i < L * H; i++) {
    for (let q = 0; q < T; q++) {
      for (let k = 0; k <= (causal ? q : T - 1); k++) all[q * T + k] = shades[pattern[from++] >> 8];
    }
    pen.putImageData(image, 0, 0);
    const [x, y] = [GAP + side * (i % H), GAP + side * Math.floor(i / H)];
    context.drawImage(small, x, y, side - GAP, side - GAP);
    context.strokeRect(x + 0.5, y + 0.5, side - GAP - 1, side - GAP - 1);
  }
  context.lineWidth = 2;
  context.strokeStyle = css(root, "--st-primary-color");
  context.strokeRect(side * head + 1, side * layer + 1, side, side);
}
