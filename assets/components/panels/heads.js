// All heads at once: layers down, heads across, every causal map on one canvas. It receives the weights of the whole
// model and shares them on the bus, so that the strip and the large map need no data of their own.
// Where the attention page sends scores with it, the maps can be ordered by what the heads do.

import { Attention } from "../shared/attention.js";
import { bus, move, tell } from "../shared/bus.js";
import { drawRamp, ink, pixels, weightRamp } from "../shared/colours.js";
import { arrow, clamp, el, roomIn, scale, sharp, squareSide } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { percent } from "../shared/text.js";

/**
 * How the heads can be ordered.
 * @typedef {object} Orders
 * @property {Record<string, number[]>} scores of each head (L * H), by what it may do
 * @property {Record<string, string>} words what each score means
 * @property {Record<string, string>} titles
 * @property {number} clear the score from which on a head does it clearly
 * @property {number[]} order by likeness of the maps
 */
/** @typedef {{ clearest: [layer: number, head: number, what: string][] }} Clearest whose role is clearest, and which */
/** @typedef {import("../shared/attention.js").Packed & Clearest & Partial<Orders>} Payload */

const GAP = 4;
const LEAST = 200; // of the side of all maps
const LAYERS = "layers";
const SIMILAR = "similar";

/**
 * Which head (layer * H + head) each place of the grid shows.
 * @param {number} count
 * @param {string} by
 * @param {Partial<Orders>} orders
 * @returns {number[]}
 */
export function arrange(count, by, { scores, order }) {
  const all = [...Array(count).keys()];
  const score = scores?.[by];
  if (score) return all.sort((a, b) => score[b] - score[a] || a - b);
  return by === SIMILAR && order ? order : all;
}

/** @extends {Card<Payload>} */
export default class Heads extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "All heads", "run");
    this.canvas = el("canvas", { "aria-hidden": "true" });
    const label = "Heads: arrow keys move, Enter chooses";
    this.grid = el("div", { class: "grid", role: "group", "aria-label": label });
    this.grid.onkeydown = (event) => this.key(event);
    this.stage = el("div", { class: "stage" }, this.canvas, this.grid);
    this.ramp = el("canvas", { "aria-hidden": "true" });
    this.legend = el("div", { class: "legend" }, "0 %", this.ramp, "100 % of a row's attention");
    this.clear = el("ul", { class: "clear", "aria-label": "The clearest heads, by layer and head" });
    this.maps = el("div", { class: "maps" }, this.stage);
    this.by = LAYERS;
    this.sort = el("select", { "aria-label": "Order the heads by", onchange: () => this.reorder() });
    this.choice = el("label", { class: "row", hidden: true }, "Order by ", this.sort);
    this.body.append(this.choice, this.maps, this.legend, this.clear);
    this.offered = ""; // the orders that can be chosen
    /** @type {number[]} */
    this.order = [];
    /** @type {HTMLButtonElement[]} */
    this.cells = [];
    this.shape = "";
  }

  frame() {
    return this.maps;
  }

  hears() {
    return { pin: () => this.mark() };
  }

  update() {
    const { L, H, T, clearest, roles } = this.data;
    bus.attention = new Attention(this.data);
    this.offerOrders();
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
    this.arrange();
    this.clear.replaceChildren(
      ...clearest.map(([layer, head, what]) => {
        const onclick = () => move({ layer, head, mode: "head" });
        const said = `layer ${layer + 1}, head ${head + 1}: ${roles[layer * H + head]}`;
        const text = `head ${layer + 1}.${head + 1}: ${what}`;
        return el("li", {}, el("button", { type: "button", text, title: said, "aria-label": said, onclick }));
      }),
    );
    this.stage.hidden = this.legend.hidden = this.clear.hidden = !L;
    this.blank(!T);
    this.say(this.sentence());
    this.mark();
    this.card.dataset.rows = String(T);
    tell("attention", {});
  }

  sentence() {
    const { L, H, T } = this.data;
    if (!L) return "This model has no attention at all.";
    if (!T) return `${L} layers of ${H} heads wait for a first character.`;
    if (this.by === SIMILAR) return "Heads whose maps are alike stand side by side; each is named layer.head.";
    const { words = {}, clear = 0 } = this.data;
    if (this.by !== LAYERS) return `${words[this.by]} A frame: ${percent(clear)} or more.`;
    const more = this.data.scores ? " Order them by what they do on this prompt." : "";
    return `${L > 1 ? "Layer 1 on top; rows" : "Rows"} look at columns. Click one.${more}`;
  }

  /** A choice of orders above the maps: of what makes sense for this model. */
  offerOrders() {
    const { scores, titles = {} } = this.data;
    const names = scores ? Object.keys(scores) : [];
    const offered = names.join();
    if (!scores || this.offered === offered) return;
    this.offered = offered;
    const choices = [
      [LAYERS, "layer and head"],
      [SIMILAR, "likeness"],
      ...names.map((name) => [name, titles[name] ?? name]),
    ];
    if (!choices.some(([value]) => value === this.by)) this.by = LAYERS;
    this.sort.replaceChildren(...choices.map(([value, text]) => el("option", { value, text })));
    this.sort.value = this.by;
    this.choice.hidden = false;
    this.card.classList.toggle("ordered", true);
    this.note.setAttribute("aria-live", "polite");
  }

  /** Another order was chosen. */
  reorder() {
    this.by = this.sort.value;
    this.arrange();
    this.say(this.sentence());
    this.draw();
    this.mark();
  }

  /** Say at each place of the grid which head it shows. */
  arrange() {
    const { H, L, roles, scores, clear = 0 } = this.data;
    const score = scores?.[this.by];
    this.order = arrange(L * H, this.by, this.data);
    this.cells.forEach((cell, place) => {
      const i = this.order[place];
      const [layer, head] = [Math.floor(i / H), i % H];
      Object.assign(cell.dataset, { layer, head });
      cell.title = `layer ${layer + 1}, head ${head + 1}: ${roles[i] ?? "type something"}`;
      cell.setAttribute("aria-label", cell.title + (score ? `; ${this.by}: ${percent(score[i])}` : ""));
      const name = this.by === LAYERS ? "" : `${layer + 1}.${head + 1}`;
      cell.textContent = name + (score ? ` ${percent(score[i])}` : "");
      cell.classList.toggle("framed", Boolean(score) && (score?.[i] ?? 0) >= clear);
    });
  }

  draw() {
    const { L, H, T } = this.data;
    if (!L) return;
    const width = squareSide(this.root, roomIn(this.maps) || 320, LEAST);
    const most = Math.max(L, H);
    const side = Math.max(8, Math.floor((width - GAP * (most - 1)) / most));
    const context = sharp(this.canvas, side * H + GAP * (H - 1), side * L + GAP * (L - 1));
    const [large, gap] = [side * scale(), GAP * scale()];
    const columns = `grid-template-columns: repeat(${H}, ${large}px)`;
    this.grid.style.cssText = `${columns}; grid-auto-rows: ${large}px; gap: ${gap}px`;
    if (!T) return;
    const { line } = ink(this.root);
    const colourAt = weightRamp(this.root);
    const shades = pixels(256, colourAt);
    const small = new OffscreenCanvas(T, T);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (small.getContext("2d"));
    const image = pen.createImageData(T, T);
    const all = new Uint32Array(image.data.buffer);
    context.imageSmoothingEnabled = T > side;
    context.strokeStyle = line;
    this.order.forEach((head, place) => {
      this.drawMap(all, head, shades);
      pen.putImageData(image, 0, 0);
      const x = (place % H) * (side + GAP);
      const y = Math.floor(place / H) * (side + GAP);
      context.drawImage(small, x, y, side, side);
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    });
    drawRamp(sharp(this.ramp, 96, 8), 96, 8, colourAt);
  }

  /**
   * One head, a pixel a weight.
   * @param {Uint32Array} all pixels (T * T)
   * @param {number} head layer * H + head
   * @param {Uint32Array} shades 256
   */
  drawMap(all, head, shades) {
    const { T, causal, pattern } = this.data;
    // The weights lie row by row, of a causal model the allowed ones only.
    let from = head * (causal ? (T * (T + 1)) / 2 : T * T);
    for (let q = 0; q < T; q++) {
      for (let k = 0; k <= (causal ? q : T - 1); k++) all[q * T + k] = shades[pattern[from++] >> 8];
    }
  }

  /** Outline what is chosen: one head, or of a mean all of the layer. */
  mark() {
    const { layer, head, mode } = bus.view;
    for (const cell of this.cells) {
      const inLayer = Number(cell.dataset.layer) === layer;
      const chosen = inLayer && Number(cell.dataset.head) === head;
      cell.setAttribute("aria-pressed", String(mode === "head" ? chosen : inLayer));
      cell.tabIndex = chosen ? 0 : -1;
    }
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { L, H } = this.data;
    const by = arrow(event.key);
    if (!by) return;
    event.preventDefault();
    const now = this.order.indexOf(bus.view.layer * H + bus.view.head);
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
