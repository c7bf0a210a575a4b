// From logits to probabilities, column by column, for the whole vocabulary. The logits come once a key; every movement
// of a knob is computed here, in doubles (shared/pipeline.js), equal to gpt.sampling.

import { bus, tell } from "../shared/bus.js";
import { entropy } from "../shared/distribution.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { pipeline, ranks, REMOVED_BY, USUAL } from "../shared/pipeline.js";
import { cell, difference, explain, fixed, heading, left, stepsOf } from "../shared/pipelinewords.js";
import { samplingKnobs } from "../shared/samplingknobs.js";
import { ScrolledRows } from "../shared/scrolledrows.js";
import { stepOrder } from "../shared/steporder.js";
import { glyph, named, percent, spoken, thousands } from "../shared/text.js";

/** @typedef {Required<import("../shared/pipeline.js").Settings> & { seed: number }} Settings */
/** @typedef {import("../shared/pipeline.js").Stages} Stages */
/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} V
 * @property {number} N logits that are told: V, or 0 until they are asked for
 * @property {string[]} tokens that the model reads
 * @property {number[]} ids (T,)
 * @property {string[]} vocabulary (V,)
 * @property {number} place of the token that one looks from
 * @property {string} key of this row of logits; Python is told it as `asked` where a large row is wanted
 * @property {Float32Array} logits (N,)
 * @property {Settings} settings of the knobs, taken when `rev` changes; Python is told them as `knobs`
 * @property {number} rev another one: Python chose the settings
 */
const SETTLED = 600; // after this long without a key a large row of logits is asked for
const NARROW = 560; // pixels of a usual page
const NAMES = 6; // tokens that are named where another order is compared
/** @extends {Card<Payload>} */
export default class Pipeline extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "From logits to probabilities", "run");
    this.knobs = el("div", { class: "knobs" });
    this.order = el("div", { class: "row order" });
    this.differs = el("p", { class: "differs", role: "status" });
    this.byId = el("button", { type: "button", class: "soft", text: "By id", onclick: () => this.sort() });
    const label = "Every token of the vocabulary, a row each";
    this.table = new ScrolledRows({ label, fill: (row, at) => this.fill(row, at), pointed: () => this.formula() });
    this.sums = el("dl", { class: "sums", "aria-live": "polite" });
    this.body.append(this.knobs, this.order, this.differs, this.table.box, this.sums);
    this.sorted = false; // by id
    /** @type {import("../shared/pipeline.js").Ranks | null} */
    this.ranks = null;
    /** @type {Stages | null} */
    this.stages = null;
    /** @type {number | null} */
    this.rev = null;
    this.heads = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  frame() {
    return this.body;
  }

  leave() {
    clearTimeout(this.timer);
    bus.pipeline = null;
  }

  hears() {
    return { seed: (/** @type {{ seed: number }} */ { seed }) => this.reseed(seed) };
  }

  /** @param {number} seed */
  reseed(seed) {
    const settings = /** @type {Settings} */ (this.settings);
    settings.seed = seed;
    this.showKnobs();
    this.tellKnobs();
  }

  /** Whether all columns must share the room of a phone. */
  get narrow() {
    return this.width(NARROW) < NARROW;
  }

  /** Tokens that the penalty is about. */
  get seen() {
    return this.data.ids.slice(0, this.data.place + 1);
  }

  update() {
    const { rev, settings, logits, N, T, key } = this.data;
    if (this.rev !== rev) {
      this.rev = rev;
      this.settings = { ...settings };
      this.showKnobs();
    }
    this.ranks = N ? ranks(logits) : null;
    clearTimeout(this.timer);
    if (T && !N) this.timer = setTimeout(() => this.send("choice", { asked: key }), SETTLED);
  }

  tellKnobs() {
    this.send("knobs", { ...this.settings });
  }

  /** A knob, or the order, is another. */
  changed() {
    this.drawSoon();
  }

  showKnobs() {
    const settings = /** @type {Settings} */ (this.settings);
    const parts = samplingKnobs(settings, this.data.V, {
      moved: () => this.changed(),
      settled: () => this.tellKnobs(),
    });
    this.knobs.replaceChildren(...parts);
    this.showOrder();
  }

  showOrder() {
    const settings = /** @type {Settings} */ (this.settings);
    const chosen = (/** @type {string} */ order) => {
      settings.order = order;
      this.showOrder();
      this.changed();
      this.tellKnobs();
    };
    this.order.replaceChildren(...stepOrder(settings.order, chosen), this.byId);
  }

  sort() {
    this.sorted = !this.sorted;
    this.table.box.scrollTop = 0;
    this.draw();
  }

  draw() {
    const { T, V, N, tokens, place } = this.data;
    const settings = /** @type {Settings} */ (this.settings);
    this.blank(!N);
    if (!N || !this.ranks) {
      this.stages = bus.pipeline = null;
      this.say(T ? `${thousands(V)} logits: they come when you pause.` : "Type a character: then there are logits.");
      return;
    }
    const stages = pipeline(this.data.logits, settings, this.seen, this.ranks);
    this.stages = stages;
    const bits = entropy(stages.p);
    const gone = REMOVED_BY.slice(1).map((by, i) => [by, stages.removed.reduce((n, x) => n + +(x === i + 1), 0)]);
    const out = gone.filter(([, n]) => n).map(([by, n]) => `${by} ${thousands(Number(n))}`);
    const kept = `${thousands(left(stages.after[stepsOf(settings).slice(-1)[0]]))} of ${thousands(V)} tokens`;
    const removed = out.length ? `; removed by ${out.join(", by ")}` : "";
    this.say(`After ${named(tokens, place)}: ${kept} can be drawn${removed}. Uncertainty ${bits.toFixed(2)} bits.`);
    this.compare(stages);
    this.byId.setAttribute("aria-pressed", String(this.sorted));
    this.showHeads();
    this.table.update(V);
    this.formula();
    bus.pipeline = { stages, settings: { ...settings } };
    tell("pipeline", {});
  }

  /** What the order changes. @param {Stages} stages */
  compare(stages) {
    const settings = /** @type {Settings} */ (this.settings);
    this.differs.hidden = settings.order === USUAL;
    if (this.differs.hidden) return;
    const usual = pipeline(this.data.logits, { ...settings, order: USUAL }, this.seen, this.ranks ?? undefined);
    const { more, less, apart } = difference(stages.p, usual.p);
    const list = (/** @type {number[]} */ ids) => {
      const shown = ids.slice(0, NAMES).map((i) => `“${glyph(this.data.vocabulary[i])}”`);
      return shown.join(", ") + (ids.length > NAMES ? ` and ${thousands(ids.length - NAMES)} more` : "");
    };
    const parts = [more.length ? `also ${list(more)} can be drawn` : "", less.length ? `not ${list(less)}` : ""];
    const tokens = parts.filter(Boolean).join(", ") || "the same tokens can be drawn";
    const moved = `${percent(apart)} of the probability lies elsewhere`;
    this.differs.textContent = `Against the usual order: ${tokens}; ${moved}.`;
  }

  showHeads() {
    const settings = /** @type {Settings} */ (this.settings);
    const full = stepsOf(settings).map((step) => heading(step, settings));
    const steps = this.narrow ? full.map((name) => name.replace("penalty", "pen.")) : full;
    const ends = this.narrow ? ["prob.", "Σ"] : ["probability", "cumulative"];
    const names = ["#", "token", "logit", ...steps, ...ends];
    if (this.heads === names.join()) return;
    this.heads = names.join();
    const cells = names.map((text, i) => {
      const step = stepsOf(settings)[i - 3];
      if (!step) return el("span", { role: "columnheader", text });
      const title = "Go to where it cuts";
      const button = el("button", { type: "button", class: "head", text, title, onclick: () => this.toCut(step) });
      return el("span", { role: "columnheader" }, button);
    });
    this.table.head.replaceChildren(...cells);
  }

  /** Bring a step's cut into sight. @param {import("../shared/pipeline.js").Step} step */
  toCut(step) {
    if (this.stages && !this.sorted) this.table.hold(left(this.stages.after[step]) - 1);
  }

  /** @param {number} place */
  idAt(place) {
    return this.sorted ? place : /** @type {Stages} */ (this.stages).order[place];
  }

  /**
   * @param {HTMLElement} row
   * @param {number} place
   */
  fill(row, place) {
    const { stages } = this;
    if (!stages || place >= this.data.V) return;
    const settings = /** @type {Settings} */ (this.settings);
    const id = this.idAt(place);
    const above = place && !this.sorted ? this.idAt(place - 1) : null;
    const steps = stepsOf(settings);
    while (row.children.length < steps.length + 5) row.append(el("span", { role: "gridcell" }));
    const token = this.data.vocabulary[id];
    const digits = this.narrow ? 2 : 3;
    const texts = [thousands(this.sorted ? id : place + 1), glyph(token), fixed(stages.logits[id], digits)];
    texts.push(...steps.map((step) => cell(stages, step, id, digits)));
    texts.push(stages.p[id] ? percent(stages.p[id]) : "0", stages.cumulative[id].toFixed(digits + 1));
    row.dataset.id = String(id);
    texts.forEach((text, i) => {
      const one = /** @type {HTMLElement} */ (row.children[i]);
      if (one.textContent !== text) one.textContent = text;
      const after = i >= 3 && i < 3 + steps.length ? stages.after[steps[i - 3]] : null;
      const cut = after && above !== null && after[id] === -Infinity && after[above] > -Infinity;
      one.className =
        i === 1 ? "mono token" : [cut && "cut", text === "out" && i > 1 && "out"].filter(Boolean).join(" ");
    });
    row.children[1].setAttribute("aria-label", spoken(token));
    /** @type {HTMLElement} */ (row).style.setProperty("--share", `${stages.p[id] * 100}%`);
  }

  /** The sums of the row that one looks at. */
  formula() {
    const { stages, table } = this;
    if (!stages) return;
    const id = this.idAt(table.at);
    const lines = explain(stages, /** @type {Settings} */ (this.settings), this.seen, id);
    const parts = lines.map(([what, sum]) => el("div", {}, el("dt", { text: what }), el("dd", { text: sum })));
    const name = el("dt", { class: "mono token", text: glyph(this.data.vocabulary[id]) });
    this.sums.replaceChildren(el("div", {}, name, el("dd", { text: `id ${thousands(id)}` })), ...parts);
  }
}
