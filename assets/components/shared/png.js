// What is drawn, as a PNG made in the browser.

import { css, el } from "./dom.js";
import { save } from "./files.js";

/**
 * The canvases side by side with their names, saved as a file.
 * @param {ShadowRoot} root
 * @param {HTMLCanvasElement[]} canvases
 * @param {string[]} names
 * @param {string} file
 */
export function savePng(root, canvases, names, file) {
  const ratio = window.devicePixelRatio || 1;
  const sheet = el("canvas");
  sheet.width = canvases.reduce((sum, one) => sum + one.width + 16, 16);
  sheet.height = Math.max(...canvases.map((one) => one.height)) + 40 * ratio;
  const context = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  context.fillStyle = css(root, "--st-secondary-background-color");
  context.fillRect(0, 0, sheet.width, sheet.height);
  context.fillStyle = css(root, "--st-text-color");
  context.font = `${12 * ratio}px sans-serif`;
  let x = 16;
  canvases.forEach((one, i) => {
    context.fillText(names[i], x, 18 * ratio);
    context.drawImage(one, x, 28 * ratio);
    x += one.width + 16;
  });
  sheet.toBlob((blob) => {
    if (blob) save(blob, file);
  });
}
