// What the picture of the whole model is drawn with: words in a box, bars across a lane, arcs from lane to lane.

import { ink, pixels, signedRamp, weightRamp } from "./colours.js";
import { css, letters, sharp } from "./dom.js";

/** @typedef {import("./wholeparts.js").Part} Part */
/** @typedef {import("./wholeparts.js").Picture} Picture */

const ARC = { thin: 0.4, thick: 7, least: 0.015 }; // width of a line, and the weight below which none is drawn
const INSET = 2;
const COLOURS = 6; // by which heads are told apart

export class Marks {
  /**
   * @param {ShadowRoot} root
   * @param {HTMLCanvasElement} canvas
   * @param {Picture} picture
   * @param {number} width
   * @param {number} height
   */
  constructor(root, canvas, picture, width, height) {
    this.picture = picture;
    this.pen = sharp(canvas, width, height);
    this.font = css(root, "--st-font");
    this.mono = css(root, "--st-code-font") || "monospace";
    const theme = ink(root);
    this.text = theme.text;
    this.line = theme.line;
    this.back = theme.back;
    this.stream = css(root, "--st-gray-color");
    this.attention = css(root, "--st-violet-color");
    const colours = css(root, "--st-chart-categorical-colors").split(",");
    this.feed = colours[4] ?? this.text;
    this.heads = colours.slice(0, COLOURS);
    this.weight = weightRamp(root);
    this.shades = pixels(256, this.weight);
    this.signed = signedRamp(root);
  }

  /**
   * Words in the middle of a box, as far as they fit.
   * @param {string} words
   * @param {{ x: number, y: number, w: number, h: number }} box
   * @param {string} [colour]
   */
  write(words, { x, y, w, h }, colour = this.text) {
    const size = Math.min(letters(12), h - 2);
    if (size < 7 || w < 7) return;
    this.pen.font = `${size}px ${this.mono}`;
    this.pen.fillStyle = colour;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    let shown = words;
    while (shown.length > 1 && this.pen.measureText(shown).width > w - 2) shown = shown.slice(0, -1);
    if (this.pen.measureText(shown).width > w) return;
    this.pen.fillText(shown, x + w / 2, y + h / 2 + 0.5);
  }

  /** @param {Part} part */
  box({ x, y, w, h }) {
    return { x: x + INSET, y: y + 1.5, w: Math.max(1, w - 2 * INSET), h: Math.max(1, h - 3) };
  }

  /**
   * Bars side by side, each as long as a share of the room across the lane.
   * @param {Part} part
   * @param {[share: number, colour: string][]} shares
   */
  bars(part, shares) {
    const { upright } = this.picture;
    const { x, y, w, h } = this.box(part);
    const [along, across] = upright ? [h, w] : [w, h];
    const wide = along / shares.length;
    shares.forEach(([share, colour], i) => {
      const tall = Math.max(0.5, Math.min(1, share) * across);
      const thick = Math.max(1, wide - 1);
      const at = i * wide;
      this.pen.fillStyle = colour;
      if (upright) this.pen.fillRect(x, y + at, tall, thick);
      else this.pen.fillRect(x + at, y + h - tall, thick, tall);
    });
  }

  /**
   * An arc from one lane to another within a stretch of the way; from a lane out of sight it comes from the edge.
   * @param {Part | null} from
   * @param {Part} to
   * @param {number} weight
   * @param {string} colour
   * @param {number} key the lane that it comes from
   */
  arc(from, to, weight, colour, key) {
    if (weight < ARC.least) return;
    const { upright, lane, start, from: first } = this.picture;
    const edge = key < first ? start : start + this.picture.lanes * lane;
    const across = from ? (upright ? from.x : from.y) + lane / 2 : edge;
    const [a, b] = upright ? [to.y + 2, to.y + to.h - 2] : [to.x + 2, to.x + to.w - 2];
    const end = (upright ? to.x : to.y) + lane / 2;
    const middle = (a + b) / 2;
    this.pen.strokeStyle = colour;
    this.pen.lineWidth = Math.max(ARC.thin, weight * ARC.thick);
    this.pen.lineCap = "round";
    this.pen.beginPath();
    if (upright) {
      this.pen.moveTo(across, a);
      this.pen.bezierCurveTo(across, middle, end, middle, end, b);
    } else {
      this.pen.moveTo(a, across);
      this.pen.bezierCurveTo(middle, across, middle, end, b, end);
    }
    this.pen.stroke();
  }
}
