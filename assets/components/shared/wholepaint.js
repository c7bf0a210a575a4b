// Draws the whole model: every lane with what is written onto it, the open block, and what each boundary would say.

import { paint, rgb } from "./colours.js";
import { letters } from "./dom.js";
import { glyph } from "./text.js";
import { Marks } from "./wholemarks.js";
import { mostWritten, partOfStream, shareOf } from "./wholenumbers.js";

/** @typedef {import("./wholeparts.js").Part} Part */
/** @typedef {import("./wholeparts.js").Picture} Picture */
/** @typedef {import("./wholenumbers.js").Payload} Payload */
/**
 * @typedef {object} Look
 * @property {number} lane the token that is looked at
 * @property {number} open the block that is open
 * @property {number} head the chosen head
 * @property {boolean} all whether the arcs of all heads are drawn
 * @property {Set<Part> | null} lit what is lit; null: everything
 */

const FAINT = 0.22; // of what steps back
/** What stands under a column, where there is room. @type {Record<string, string>} */
const NAMES = {
  token: "tokens",
  input: "in",
  guess: "says",
  arcs: "looks at",
  attn: "adds",
  norm: "norm",
  neurons: "strongest neurons",
  mlp: "adds",
  final: "norm",
};

export class Paint extends Marks {
  /**
   * @param {ShadowRoot} root
   * @param {HTMLCanvasElement} canvas
   * @param {Payload} data
   * @param {Picture} picture
   * @param {number} width
   * @param {number} height
   */
  constructor(root, canvas, data, picture, width, height) {
    super(root, canvas, picture, width, height);
    this.data = data;
    this.most = mostWritten(data);
  }

  /** @param {Look} look */
  draw(look) {
    this.look = look;
    this.lanes();
    for (const part of this.picture.parts) {
      this.pen.globalAlpha = !look.lit || look.lit.has(part) ? 1 : FAINT;
      this[part.kind](part);
    }
    this.pen.globalAlpha = 1;
    if (!this.picture.upright) this.names();
  }

  /** Under every column what it shows. */
  names() {
    const { parts, from, lanes, lane, start } = this.picture;
    this.pen.font = `${letters(10)}px ${this.font}`;
    this.pen.fillStyle = this.text;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "top";
    for (const { kind, lane: at, x, w } of parts) {
      if (at !== from || this.pen.measureText(NAMES[kind]).width > w - 2) continue;
      this.pen.fillText(NAMES[kind], x + w / 2, start + lanes * lane + 3);
    }
  }

  /** The streams themselves, broken where nothing is added. */
  lanes() {
    const { parts, upright, lane } = this.picture;
    for (const part of parts.filter((one) => one.kind === "token")) {
      const lit = !this.look?.lit || [...this.look.lit].some((one) => one.lane === part.lane);
      this.pen.globalAlpha = lit ? 1 : FAINT;
      this.pen.strokeStyle = part.lane === this.look?.lane ? this.text : this.line;
      this.pen.lineWidth = part.lane === this.look?.lane ? 1.5 : 1;
      const way = parts.filter((one) => one.lane === part.lane);
      const last = way[way.length - 1];
      this.pen.setLineDash(this.data.residual ? [] : [3, 6]);
      this.pen.beginPath();
      if (upright) {
        this.pen.moveTo(part.x + lane / 2, part.y);
        this.pen.lineTo(part.x + lane / 2, last.y + last.h);
      } else {
        this.pen.moveTo(part.x, part.y + lane / 2);
        this.pen.lineTo(last.x + last.w, part.y + lane / 2);
      }
      this.pen.stroke();
    }
    this.pen.setLineDash([]);
  }

  /** @param {Part} part */
  token(part) {
    const { x, y, w, h } = this.box(part);
    const at = part.lane === this.look?.lane;
    this.pen.fillStyle = paint(this.back);
    this.pen.strokeStyle = at ? this.text : this.line;
    this.pen.lineWidth = at ? 2 : 1;
    this.pen.beginPath();
    this.pen.roundRect(x, y, w, h, 4);
    this.pen.fill();
    this.pen.stroke();
    const words = glyph(this.data.tokens[part.lane]);
    this.write(this.picture.upright ? words : `${part.lane + 1} ${words}`, { x, y, w, h });
  }

  /** @param {Part} part */
  input(part) {
    const { token_length: token, position_length: position } = this.data;
    const most = Math.max(...token, ...position, 1e-9);
    const both = /** @type {[number, string][]} */ ([[token[part.lane] / most, this.stream]]);
    if (position.length) both.push([position[part.lane] / most, this.attention]);
    this.bars(part, both);
  }

  /** @param {Part} part */
  attn(part) {
    this.bars(part, [[partOfStream(this.data, "attn", part) / this.most, this.attention]]);
    if (part.layer !== this.look?.open) this.strongest(part);
  }

  /** @param {Part} part */
  mlp(part) {
    this.bars(part, [[partOfStream(this.data, "mlp", part) / this.most, this.feed]]);
  }

  /** Of a narrow block: the strongest arc of attention into the token that is looked at. @param {Part} part */
  strongest(part) {
    const { T, arc_key: keys, arc_weight: weights } = this.data;
    if (part.lane !== this.look?.lane) return;
    const i = part.layer * T + part.lane;
    const from = this.picture.parts.find(
      (one) => one.kind === "attn" && one.layer === part.layer && one.lane === keys[i],
    );
    this.arc(from ?? null, part, weights[i], this.attention, keys[i]);
  }

  /** Of the open block: where the looked-at token looks, by one head or by all. @param {Part} part */
  arcs(part) {
    const { look } = this;
    if (!look || part.lane !== look.lane) return;
    const { T, H } = this.data;
    const lanes = this.picture.parts.filter((one) => one.kind === "arcs");
    const heads = look.all ? [...Array(H).keys()] : [look.head];
    for (const head of heads) {
      const colour = look.all ? this.heads[head % this.heads.length] : this.attention;
      for (let key = 0; key < T; key++) {
        const from = lanes.find((one) => one.lane === key) ?? null;
        this.arc(from, part, shareOf(this.data, head, part.lane, key), colour, key);
      }
    }
  }

  /** @param {Part} part */
  norm(part) {
    const { spread, T, N } = this.data;
    const at = (/** @type {number} */ after) => spread[(part.which * 2 + after) * T + part.lane];
    const most = Math.max(...spread.subarray(0, N * 2 * T), 1e-9);
    this.bars(part, [
      [at(0) / most, this.stream],
      [at(1) / most, this.text],
    ]);
  }

  /** @param {Part} part */
  final(part) {
    const { final_spread: spread, T } = this.data;
    const most = Math.max(...spread, 1e-9);
    this.bars(part, [
      [spread[part.lane] / most, this.stream],
      [spread[T + part.lane] / most, this.text],
    ]);
  }

  /** The strongest neurons, a cell each. @param {Part} part */
  neurons(part) {
    const { strongest, K } = this.data;
    const { x, y, w, h } = this.box(part);
    const { upright } = this.picture;
    const most = Math.max(...strongest.map(Math.abs), 1e-9);
    for (let i = 0; i < K; i++) {
      this.pen.fillStyle = paint(this.signed(strongest[part.lane * K + i] / most));
      if (upright) this.pen.fillRect(x, y + (i * h) / K, w, h / K - 1);
      else this.pen.fillRect(x + (i * w) / K, y, w / K - 1, h);
    }
  }

  /** What it would say if it stopped here. @param {Part} part */
  guess(part) {
    const { texts, guess, share, right, U, T } = this.data;
    const row = part.lane - (T - U);
    if (row < 0) return;
    const i = part.layer * U + row;
    const box = this.box(part);
    const shade = this.weight(share[i]);
    this.pen.fillStyle = paint(shade);
    this.pen.fillRect(box.x, box.y, box.w, box.h);
    if (right[i] === 1) {
      this.pen.strokeStyle = this.text;
      this.pen.lineWidth = 1.5;
      this.pen.strokeRect(box.x, box.y, box.w, box.h);
    }
    this.write(glyph(texts[guess[i]]), box, readable(shade, rgb(this.text), this.back));
  }

  /** @param {Part} part */
  head(part) {
    const { T, causal, pattern } = this.data;
    const small = new OffscreenCanvas(T, T);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
    const image = pen.createImageData(T, T);
    const all = new Uint32Array(image.data.buffer);
    let from = part.which * (causal ? (T * (T + 1)) / 2 : T * T);
    for (let q = 0; q < T; q++) {
      for (let k = 0; k <= (causal ? q : T - 1); k++) all[q * T + k] = this.shades[pattern[from++] >> 8];
    }
    pen.putImageData(image, 0, 0);
    const chosen = part.which === this.look?.head && !this.look.all;
    this.pen.imageSmoothingEnabled = T > part.w;
    this.pen.drawImage(small, part.x, part.y, part.w, part.h);
    this.pen.strokeStyle = this.look?.all ? this.heads[part.which % this.heads.length] : chosen ? this.text : this.line;
    this.pen.lineWidth = chosen || this.look?.all ? 2 : 1;
    this.pen.strokeRect(part.x + 0.5, part.y + 0.5, part.w - 1, part.h - 1);
  }

  /** The frame of a block, with its number where there is room. @param {Part} part */
  block(part) {
    this.pen.strokeStyle = this.line;
    this.pen.lineWidth = 1;
    this.pen.strokeRect(part.x + 0.5, part.y + 0.5, part.w - 1, part.h - 1);
    if (part.layer === this.look?.open || this.picture.upright) return;
    const words = part.w > 44 ? `block ${part.layer + 1}` : String(part.layer + 1);
    this.pen.font = `${letters(11)}px ${this.font}`;
    this.pen.fillStyle = this.text;
    this.pen.textAlign = "center";
    this.pen.textBaseline = "middle";
    if (part.w > 9) this.pen.fillText(words, part.x + part.w / 2, part.y + this.picture.start / 2);
  }
}

/**
 * Of two colours the one that can be read on a ground.
 * @param {import("./colours.js").Colour} ground
 * @param {import("./colours.js").Colour} text
 * @param {import("./colours.js").Colour} back
 */
export function readable(ground, text, back) {
  const light = (/** @type {import("./colours.js").Colour} */ colour) =>
    0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2];
  const far = (/** @type {import("./colours.js").Colour} */ colour) => Math.abs(light(colour) - light(ground));
  return paint(far(text) >= far(back) ? text : back);
}
