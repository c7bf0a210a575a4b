// The heads of A and B: a small map each of what differs, the ones that differ most first; the chosen head large, in A,
// in B, and as the difference. The server is asked nothing when another head is chosen.

import { Attention } from "../shared/attention.js";
import { bus, move } from "../shared/bus.js";
import { drawCells } from "../shared/cells.js";
import { drawRamp, ink, pixels, signedRamp, weightRamp } from "../shared/colours.js";
import { scaleOf, tellPair } from "../shared/contrasts.js";
import { arrow, clamp, el, letters, roomIn, scale, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { wireCells } from "../shared/pointer.js";
import { glyph, joined, short } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} L layers that both have
 * @property {number} H heads a layer
 * @property {number} T aligned tokens
 * @property {boolean} causal only the allowed half of the weights is there
 * @property {string[]} tokens (T,)
 * @property {[inA: number, inB: number][]} places (T,)
 * @property {(number | null)[]} js (L * H,) bits
 * @property {number[]} order (L * H,) the heads that differ most first
 * @property {string} sentence
 * @property {Uint16Array} a weights in 65,535ths, (L, H, T, T) or, causal, (L, H, T (T + 1) / 2)
 * @property {Uint16Array} b
 */
/** @typedef {"A" | "B" | "B − A"} Which */

const GAP = 4;
const LEGIBLE = 34; // pixels of a small map on which its name has room
const MOST = 330; // pixels of a large map
const WHOLE = 65535;
/** @type {Which[]} */
const THREE = ["A", "B", "B − A"];

/** @extends {Card<Payload>} */
export default class Contrast extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Heads", "run");
    this.canvas = el("canvas", { "aria-hidden": "true" });
    this.grid = el("div", { class: "grid", role: "group", "aria-label": "Heads: arrow keys move, Enter chooses" });
    this.grid.onkeydown = (event) => this.key(event);
    this.stage = el("div", { class: "stage" }, this.canvas, this.grid);
    this.sort = el("select", { "aria-label": "Order the heads by", onchange: () => this.reorder() });
    this.sort.append(el("option", { value: "", text: "what differs most" }));
    this.sort.append(el("option", { value: "layers", text: "layer and head" }));
    this.maps = el("div", { class: "maps" }, el("label", { class: "row" }, "Order by ", this.sort), this.stage);
    this.heading = el("h4");
    this.three = THREE.map((which) => this.open(which));
    this.figures = this.three.map((canvas, i) => el("figure", {}, el("figcaption", { text: THREE[i] }), canvas));
    this.large = el("div", { class: "three" }, ...this.figures);
    this.readout = el("p", { class: "readout", "aria-live": "polite" });
    this.shares = el("canvas", { "aria-hidden": "true" });
    this.signed = el("canvas", { "aria-hidden": "true" });
    this.ends = [el("span"), el("span")];
    this.legend = el(
      "p",
      { class: "legend" },
      el("span", {}, "0 ", this.shares, " 100 % of a row in A and B"),
      el("span", {}, this.ends[0], this.signed, this.ends[1]),
    );
    this.one = el("div", { class: "one" }, this.heading, this.large, this.readout, this.legend);
    this.body.append(el("div", { class: "both" }, this.maps, this.one));
    /** @type {HTMLButtonElement[]} */
    this.cells = [];
    this.shape = "";
    /** @type {number[]} */
    this.order = [];
    /** @type {[number, number] | null} */
    this.at = null;
    this.stamp = 0; // of the data
    this.most = 1; // share at which the colours of a difference end
  }

  frame() {
    return this.body;
  }

  hears() {
    return { pin: () => this.drawSoon() };
  }

  update() {
    const { L, H, T, sentence, a, b } = this.data;
    this.stamp += 1;
    this.most = scaleOf(a, b) / 100;
    this.a = new Attention({ ...this.data, roles: [], pattern: a });
    this.b = new Attention({ ...this.data, roles: [], pattern: b });
    const shape = [L, H].join();
    if (this.shape !== shape) {
      this.shape = shape;
      this.cells = Array.from({ length: L * H }, () =>
        el("button", {
          type: "button",
          onclick: (/** @type {MouseEvent} */ event) => choose(/** @type {HTMLElement} */ (event.currentTarget)),
        }),
      );
      this.grid.replaceChildren(...this.cells);
    }
    if (this.at && Math.max(...this.at) >= T) this.at = null;
    this.say(sentence);
    this.body.hidden = !L; // there is nothing to wait for
    this.blank(!T);
    this.arrange();
    this.card.dataset.rows = String(T);
  }

  reorder() {
    this.arrange();
    this.draw();
  }

  /** Say at each place of the grid which head it shows. */
  arrange() {
    const { L, H, js, order } = this.data;
    this.order = this.sort.value ? [...Array(L * H).keys()] : order;
    this.cells.forEach((cell, place) => {
      const i = this.order[place];
      const [layer, head] = [Math.floor(i / H), i % H];
      Object.assign(cell.dataset, { layer, head });
      const bits = js[i] === null ? "no number" : `${short(js[i], 3)} bits`;
      cell.title = `layer ${layer + 1}, head ${head + 1}: ${bits}`;
      cell.setAttribute("aria-label", cell.title);
    });
  }

  /** The head that is large: the chosen one, as far as both models have it. */
  chosen() {
    const { L, H } = this.data;
    return { layer: clamp(bus.view.layer, 0, L - 1), head: clamp(bus.view.head, 0, H - 1) };
  }

  draw() {
    const { L, T } = this.data;
    if (!L || !T) return;
    this.drawGrid();
    this.mark();
    this.drawThree();
    this.ends[0].textContent = `−${100 * this.most} `;
    this.ends[1].textContent = ` +${100 * this.most} points, B − A`;
    drawRamp(sharp(this.shares, 70, 8), 70, 8, weightRamp(this.root));
    drawRamp(sharp(this.signed, 90, 8), 90, 8, (x) => signedRamp(this.root)(2 * x - 1));
  }

  /** Every head's difference, a pixel a weight. */
  drawGrid() {
    const { L, H, T, causal, js, a, b } = this.data;
    const most = Math.max(L, H);
    const width = Math.min(roomIn(this.maps) || 300, 380);
    const side = Math.max(8, Math.floor((width - GAP * (most - 1)) / most));
    const context = sharp(this.canvas, side * H + GAP * (H - 1), side * L + GAP * (L - 1));
    const [large, gap] = [side * scale(), GAP * scale()];
    const columns = `grid-template-columns: repeat(${H}, ${large}px)`;
    this.grid.style.cssText = `${columns}; grid-auto-rows: ${large}px; gap: ${gap}px`;
    const ramp = signedRamp(this.root);
    const shades = pixels(511, (x) => ramp(2 * x - 1));
    const small = new OffscreenCanvas(T, T);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
    const image = pen.createImageData(T, T);
    const all = new Uint32Array(image.data.buffer);
    const size = causal ? (T * (T + 1)) / 2 : T * T;
    const end = WHOLE * this.most;
    context.imageSmoothingEnabled = T > side;
    context.strokeStyle = ink(this.root).line;
    this.order.forEach((head, place) => {
      let from = head * size;
      for (let q = 0; q < T; q++) {
        for (let k = 0; k <= (causal ? q : T - 1); k++, from++) {
          all[q * T + k] = shades[Math.round(255 + (255 * (b[from] - a[from])) / end)];
        }
      }
      pen.putImageData(image, 0, 0);
      const [x, y] = [(place % H) * (side + GAP), Math.floor(place / H) * (side + GAP)];
      context.drawImage(small, x, y, side, side);
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
      const cell = this.cells[place];
      const [layer, index] = [Math.floor(head / H), head % H];
      const number = js[head] === null ? "–" : short(js[head]);
      cell.textContent = side < LEGIBLE ? "" : `${layer + 1}.${index + 1} ${number}`;
    });
  }

  /** Outline the chosen head. */
  mark() {
    const { layer, head } = this.chosen();
    for (const cell of this.cells) {
      const chosen = Number(cell.dataset.layer) === layer && Number(cell.dataset.head) === head;
      cell.setAttribute("aria-pressed", String(chosen));
      cell.tabIndex = chosen ? 0 : -1;
    }
  }

  /** The chosen head in A, in B, and as the difference. */
  drawThree() {
    const { H, T, causal, tokens, js } = this.data;
    const { layer, head } = this.chosen();
    const bits = js[layer * H + head];
    const number = bits === null ? "no row to compare" : `${short(bits, 3)} bits apart`;
    this.heading.textContent = `Layer ${layer + 1}, head ${head + 1}: ${number}`;
    const share = (/** @type {Which} */ which) => (/** @type {number} */ q, /** @type {number} */ k) => {
      const [inA, inB] = [this.a, this.b].map((side) => side?.weight(layer, head, q, k) ?? 0);
      return which === "A" ? inA : which === "B" ? inB : inB - inA;
    };
    const told = this.at
      ? tellPair(this.data, share("A")(...this.at), share("B")(...this.at), ...this.at)
      : "Point at a cell, or move by arrow keys: what A and B give there.";
    this.readout.textContent = told;
    const names = tokens.map((token) => glyph(token));
    this.three.forEach((canvas, i) => {
      const wide = Math.min(roomIn(this.figures[i]) || 200, MOST);
      drawCells(this.root, canvas, {
        wide,
        high: 1,
        rows: names,
        columns: names,
        count: T,
        grown: 1,
        edge: letters(12),
        kind: THREE[i] === "B − A" ? "signed" : "share",
        most: this.most,
        value: share(THREE[i]),
        hidden: (q, k) => causal && k > q,
        stamp: [this.stamp, layer, head, THREE[i]].join(),
        marks: this.at
          ? [
              { row: this.at[0], colour: "--st-blue-color" },
              { column: this.at[1], colour: "--st-orange-color" },
            ]
          : [],
      });
      const what = `${THREE[i]}, layer ${layer + 1}, head ${head + 1}, ${number}`;
      canvas.setAttribute("aria-label", joined(`${what}.`, this.at ? told : "Arrow keys move from cell to cell."));
    });
  }

  /** @param {Which} which */
  open(which) {
    const canvas = /** @type {import("../shared/cells.js").CellCanvas} */ (
      el("canvas", { tabindex: 0, role: "img", "aria-label": which })
    );
    const last = () => this.data.T - 1;
    wireCells(canvas, {
      point: (cell) => this.point(cell),
      choose: (cell) => this.point(cell),
      drag: () => {},
      step: (down, right) => {
        const [q, k] = this.at ?? [last(), last()];
        this.point([clamp(q + down, 0, last()), clamp(k + right, 0, last())]);
      },
      enter: () => {},
      escape: () => this.point(null),
    });
    return canvas;
  }

  /** @param {[number, number] | null} at */
  point(at) {
    if (String(at) === String(this.at)) return;
    this.at = at;
    this.drawThree();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { L, H } = this.data;
    const by = arrow(event.key);
    if (!by) return;
    event.preventDefault();
    const { layer, head } = this.chosen();
    const now = this.order.indexOf(layer * H + head);
    const row = clamp(Math.floor(now / H) + by[0], 0, L - 1);
    const cell = this.cells[row * H + clamp((now % H) + by[1], 0, H - 1)];
    choose(cell);
    cell.focus();
  }
}

/** @param {HTMLElement} cell */
function choose(cell) {
  move({ layer: Number(cell.dataset.layer), head: Number(cell.dataset.head), mode: "head" });
}
