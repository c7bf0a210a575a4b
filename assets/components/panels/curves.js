// Loss curves of one run, or of several laid over each other, with published losses as faint lines to compare with.

import { css, dot, el, letters, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { thousands } from "../shared/text.js";

/** @typedef {[step: number, loss: number | null][]} Losses null: it was no number */
/** @typedef {{ name: string, steps: number, train: Losses, val: Losses }} Run steps: how many it shall make */
/**
 * @typedef {object} Payload
 * @property {string} title
 * @property {string} note
 * @property {Run[]} runs
 * @property {{ name: string, loss: number }[]} marks published losses
 */
/**
 * @typedef {object} Scale
 * @property {number} width
 * @property {number} most steps
 * @property {number} low loss
 * @property {number} high loss
 * @property {boolean} cut there are losses above `high`, which are drawn there
 * @property {(step: number) => number} x
 * @property {(loss: number) => number} y
 */

const HIGH = 240;
const LEFT = 40;
const RIGHT = 12;
const DOWN = 22;
const NOTHING = "Its log holds no loss yet.";
const HIGHEST = 6; // nats: what is above is drawn there

/** @extends {Card<Payload>} */
export default class Curves extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Losses");
    this.canvas = el("canvas", { role: "img" });
    this.keys = el("ul", { class: "keys" });
    this.body.append(this.canvas, this.keys);
  }

  frame() {
    return this.body;
  }

  update() {
    const { runs, title, marks } = this.data;
    this.name(title);
    this.note.classList.toggle("compares", marks.length > 0);
    this.card.dataset.points = String(runs.reduce((sum, run) => sum + run.train.length, 0));
  }

  draw() {
    const { runs, note } = this.data;
    const context = sharp(this.canvas, this.width(500), HIGH);
    this.say(note);
    const palette = css(this.root, "--st-chart-categorical-colors").split(",");
    const colours = runs.map((_, i) => palette[(i + 3) % palette.length]);
    this.legend(colours);
    const scale = this.scale();
    if (!scale) {
      context.fillStyle = css(this.root, "--st-text-color");
      context.font = `13px ${css(this.root, "--st-font")}`;
      context.fillText(NOTHING, LEFT, HIGH / 2);
      return;
    }
    this.axes(context, scale);
    this.published(context, scale);
    runs.forEach((run, i) => drawRun(context, scale, run, colours[i]));
  }

  /**
   * Which colour is whose, also of runs that have no losses yet.
   * @param {string[]} colours
   */
  legend(colours) {
    const { runs } = this.data;
    this.keys.replaceChildren(
      ...runs.map((run, i) => {
        const key = el("span", { class: "dot" });
        key.style.background = colours[i];
        return el("li", {}, key, run.name);
      }),
    );
    const words = runs.map(({ name, val }) => {
      const end = val[val.length - 1];
      return `${name}: ` + (end ? `validation loss ${end[1]} at step ${end[0]}` : "no evaluation yet");
    });
    this.canvas.setAttribute("aria-label", words.join(". "));
  }

  /**
   * From steps and losses to places; null of no losses.
   * @returns {Scale | null}
   */
  scale() {
    const { runs, marks } = this.data;
    const losses = runs
      .flatMap((run) => [...run.train, ...run.val])
      .flatMap(([, loss]) => (loss === null ? [] : [loss]));
    if (!losses.length) return null;
    const width = this.width(500);
    const most = Math.max(...runs.map((run) => run.steps), 1);
    const low = Math.min(...losses, ...marks.map((mark) => mark.loss)) - 0.05;
    const worst = Math.max(...losses);
    const high = Math.min(worst, HIGHEST);
    return {
      width,
      most,
      low,
      high,
      cut: worst > high,
      x: (step) => LEFT + (step / most) * (width - LEFT - RIGHT),
      y: (loss) => 8 + ((high - loss) / (high - low || 1)) * (HIGH - DOWN - 14),
    };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Scale} scale
   */
  axes(context, { most, low, high, cut, x, y }) {
    context.font = `${letters(11)}px ${css(this.root, "--st-font")}`;
    context.fillStyle = css(this.root, "--st-text-color");
    const ticks = 4;
    for (let i = 0; i <= ticks; i++) {
      const loss = low + ((high - low) * i) / ticks;
      const step = Math.round((most * i) / ticks);
      context.fillText((cut && i === ticks ? "≥ " : "") + loss.toFixed(2), 0, y(loss) + 4);
      context.textAlign = i === ticks ? "right" : "left";
      context.fillText(thousands(step), x(step), HIGH - 4);
      context.textAlign = "left";
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Scale} scale
   */
  published(context, { width, y }) {
    const { marks } = this.data;
    const text = css(this.root, "--st-text-color");
    context.globalAlpha = 0.55;
    context.strokeStyle = text;
    context.setLineDash([2, 4]);
    for (const { loss } of marks) {
      context.beginPath();
      context.moveTo(LEFT, y(loss));
      context.lineTo(width - RIGHT, y(loss));
      context.stroke();
    }
    context.globalAlpha = 1;
    let above = -99; // labels that would run into each other are left out; their lines stay, but cross no other's label
    for (const { name, loss } of marks) {
      if (y(loss) - above < 14) continue;
      above = y(loss);
      const label = `${name} ${loss.toFixed(2)}`;
      const wide = context.measureText(label).width;
      context.fillStyle = css(this.root, "--st-secondary-background-color");
      context.fillRect(width - RIGHT - wide - 4, y(loss) - 7, wide + 8, 14);
      context.fillStyle = text;
      context.fillText(label, width - RIGHT - wide, y(loss) + 4);
    }
  }
}

/**
 * One run: training loss dotted, validation loss as a line with a dot where it was measured.
 * @param {CanvasRenderingContext2D} context
 * @param {Scale} scale
 * @param {Run} run
 * @param {string} colour
 */
function drawRun(context, { high, x, y }, run, colour) {
  const places = (/** @type {Losses} */ losses) =>
    losses.flatMap(([step, loss]) => (loss === null ? [] : [{ left: x(step), top: y(Math.min(loss, high)) }]));
  const line = (/** @type {Losses} */ losses, /** @type {number[]} */ dashes, /** @type {number} */ wide) => {
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.setLineDash(dashes);
    context.beginPath();
    for (const { left, top } of places(losses)) context.lineTo(left, top);
    context.stroke();
  };
  line(run.train, [2, 3], 1);
  line(run.val, [], 2.5);
  context.fillStyle = colour;
  for (const { left, top } of places(run.val)) dot(context, left, top, 2.5);
}
