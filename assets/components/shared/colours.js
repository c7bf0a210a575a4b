// Colours: of the theme, and the two ramps (attention weights, signed values).

import { clamp, css } from "./dom.js";

/** @typedef {[red: number, green: number, blue: number]} Colour */

/**
 * @param {string} colour as style sheets write it, #rrggbb or rgb(…)
 * @returns {Colour}
 */
export function rgb(colour) {
  const hex = /^#(..)(..)(..)/.exec(colour);
  const parts = hex
    ? hex.slice(1).map((part) => parseInt(part, 16))
    : (colour.match(/[\d.]+/g) ?? ["128", "128", "128"]).slice(0, 3).map(Number);
  return /** @type {Colour} */ (parts);
}

/**
 * @param {Colour} a
 * @param {Colour} b
 * @param {number} share of b
 */
export const mix = (a, b, share) =>
  /** @type {Colour} */ (a.map((value, i) => Math.round(value + (b[i] - value) * share)));

/**
 * Letters on a colour: black or white, whichever stands out more. Source: WCAG 2.2, relative luminance.
 * @param {Colour} colour
 */
export function inkOn(colour) {
  const [red, green, blue] = colour.map((x) => (x <= 10 ? x / 3294 : ((x / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
}

/** @param {Colour} colour */
export const paint = (colour) => `rgb(${colour.join(",")})`;

/**
 * Attention weights: one hue, from the background up. The root lifts small weights into sight; the legend shows it.
 * @param {number} weight
 */
export const lift = (weight) => Math.pow(weight, 0.6);

/**
 * Signed values: a share in [-1, 1] over evenly spaced colours, the middle of them at 0.
 * @param {readonly Colour[]} colours
 * @returns {(share: number) => Colour}
 */
export function ramp(colours) {
  return (share) => {
    const x = ((clamp(share, -1, 1) + 1) / 2) * (colours.length - 1);
    const i = Math.min(colours.length - 2, Math.floor(x));
    return mix(colours[i], colours[i + 1], x - i);
  };
}

/**
 * The theme's ramp of signed values.
 * @param {ShadowRoot} root
 */
export const signedRamp = (root) => ramp(css(root, "--st-chart-diverging-colors").split(",").map(rgb));

/**
 * The theme's ramp of weights in [0, 1].
 * @param {ShadowRoot} root
 * @returns {(weight: number) => Colour}
 */
export function weightRamp(root) {
  const { back, main } = ink(root);
  return (weight) => mix(back, main, lift(weight));
}

/**
 * The theme's colours that pictures are drawn with.
 * @param {ShadowRoot} root
 */
export const ink = (root) => ({
  back: rgb(css(root, "--st-secondary-background-color")),
  main: rgb(css(root, "--st-primary-color")),
  text: css(root, "--st-text-color"),
  line: css(root, "--st-border-color"),
});

/**
 * A ramp as pixels of an image's data, for so many steps from 0 to 1.
 * @param {number} steps
 * @param {(share: number) => Colour} colourAt
 */
export function pixels(steps, colourAt) {
  return Uint32Array.from({ length: steps }, (_, i) => {
    const [red, green, blue] = colourAt(i / (steps - 1));
    return 0xff000000 | (blue << 16) | (green << 8) | red;
  });
}

/**
 * A legend's strip, from 0 to 1.
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {(share: number) => Colour} colourAt
 */
export function drawRamp(context, width, height, colourAt) {
  for (let x = 0; x < width; x++) {
    context.fillStyle = paint(colourAt(x / (width - 1)));
    context.fillRect(x, 0, 1, height);
  }
}
