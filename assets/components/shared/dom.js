// Elements and canvases.

import { bus } from "./bus.js";

const USUAL = 16; // pixels of a letter
const LARGE = 12; // of the smallest letter where everything is large: so it grows with the screen
const ROW = 14; // pixels of the screen that it has at least
const BESIDES = 408; // what else of the first screen is needed, where the board does not say

/**
 * An element: `text` becomes its text, `on…` its handlers, the rest its attributes (none for null, undefined, false).
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = String(value);
    else if (name.startsWith("on")) Object.assign(node, { [name]: value });
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(name, String(value));
  }
  node.append(...children);
  return node;
}

/**
 * A bar as long as a share of its track.
 * @param {number} share
 * @param {string} [kind] its classes
 */
export function bar(share, kind = "bar") {
  const node = el("span", { class: kind });
  node.style.width = share * 100 + "%";
  return node;
}

/**
 * A value of the theme, as it is where the panel stands.
 * @param {ShadowRoot} root
 * @param {string} name
 */
export const css = (root, name) => getComputedStyle(root.host).getPropertyValue(name).trim();

/**
 * How many times as large as usual everything is. Pictures are drawn in the pixels of a page with letters of 16 pixels,
 * so what is drawn grows with the letters around it.
 */
export const scale = () => (parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL) / USUAL;

/**
 * Where on a picture a pointer is, in the pixels that it is drawn in.
 * @param {MouseEvent} event
 */
export const placeOf = (event) => ({ x: event.offsetX / scale(), y: event.offsetY / scale() });

/**
 * How wide a picture in an element may be, in the pixels that it is drawn in; 0 as long as it is nowhere.
 * @param {Element} element
 */
export const roomIn = (element) => element.clientWidth / scale();

/**
 * A canvas as sharp as the screen; returns its context, which counts in the pixels of a usual page.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function sharp(canvas, width, height) {
  const large = scale();
  const ratio = (window.devicePixelRatio || 1) * large;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = width * large + "px";
  canvas.style.height = height * large + "px";
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

/**
 * How large letters of a picture are, in its own pixels: large enough for the last row as soon as everything is large.
 * @param {number} size
 */
export const letters = (size) => Math.max(size, bus.projector ? Math.max(LARGE, ROW / scale()) : 0);

/**
 * The side of a square picture: its card's width, but not more than the first screen has room for. What else is needed
 * there is said by the board's style sheet (`--besides`), which knows what stands above and below.
 * @param {ShadowRoot} root
 * @param {number} width
 * @param {number} least
 */
export function squareSide(root, width, least) {
  const besides = css(root, "--besides");
  const room = window.innerHeight / scale() - (besides === "" ? BESIDES : Number(besides));
  return Math.min(width, Math.max(room, least));
}

/**
 * A filled dot.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

/**
 * Which way an arrow key moves in a grid, [down, right]; undefined of any other key.
 * @param {string} key
 * @returns {[number, number] | undefined}
 */
export function arrow(key) {
  /** @type {Record<string, [number, number]>} */
  const ways = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  return ways[key];
}

/**
 * What has the keyboard's focus, in whatever shadow it lies.
 * @returns {HTMLElement | null}
 */
export function focused() {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return /** @type {HTMLElement | null} */ (found);
}

/**
 * @param {number} x
 * @param {number} low
 * @param {number} high
 */
export const clamp = (x, low, high) => Math.max(low, Math.min(high, x));
