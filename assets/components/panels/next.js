// Next token: the bars, and the knobs that shape them. The logits are already here, so every movement of a knob is
// computed in the browser, in doubles (shared/distribution.js). A click on a bar writes that token.

import { bus, looking, tell } from "../shared/bus.js";
import { distribution, entropy, possible } from "../shared/distribution.js";
import { arrow, bar, clamp, el } from "../shared/dom.js";
import { drawStrip } from "../shared/drawstrip.js";
import { slider } from "../shared/knobs.js";
import { Card } from "../shared/panel.js";
import { besides } from "../shared/pipelinewords.js";
import { glyph, named, percent, spoken } from "../shared/text.js";

/** @typedef {import("../shared/distribution.js").Settings & { seed: number }} Settings */
/** @typedef {import("../shared/distribution.js").Distribution} Distribution */
/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} V
 * @property {string[]} tokens that the model reads
 * @property {number[]} ids (T,) what the repetition penalty is about
 * @property {string[]} vocabulary (V,)
 * @property {number} start the first position that is told
 * @property {number} U how many positions are told
 * @property {number} P 1 if the token that one looks from lies before them, and is told by itself
 * @property {number} query the token that one looks from
 * @property {Float32Array} logits (U, V)
 * @property {Float32Array} before (P, V)
 * @property {Settings} settings of the knobs, taken when `rev` changes; Python is told them as `knobs`
 * @property {number} rev another one: Python chose the settings
 * @property {number} index how many were drawn
 * @property {number} u the next draw's number, from 0 to 1
 */
/** @typedef {"temperature" | "top_k" | "top_p"} Knob */
/**
 * One candidate's row, kept while what it shows changes: so it also keeps the keyboard's focus.
 * @typedef {object} Row
 * @property {HTMLElement} item
 * @property {HTMLButtonElement} pick
 * @property {HTMLElement} name
 * @property {HTMLElement} length
 * @property {HTMLElement} share
 */

const SHOWN = 10;
const MOST = 500; // rows
/** Where the track may end; without the lens always at 100 %. */
const ENDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
/** @type {[Knob, string, number, number | null, number][]} name, label, from, to (null: all of the vocabulary), step */
const KNOBS = [
  ["temperature", "Temperature", 0.1, 3, 0.05],
  ["top_k", "Top-k", 0, null, 1],
  ["top_p", "Top-p", 0.05, 1, 0.01],
];

/**
 * What the end of the track stands for, as a share.
 * @param {number} most the longest bar
 * @param {boolean} lens whether small bars are stretched
 */
export const trackEnd = (most, lens) => (lens ? (ENDS.find((end) => end >= most) ?? 1) : 1);

/** @extends {Card<Payload>} */
export default class Next extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Next token", "run");
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      el("button", { type: "button", class: "soft", text, onclick });
    this.all = button("All", () => this.unfold());
    this.glass = button("Lens", () => this.stretch());
    this.glass.title = "Stretch the bars so that small ones can be told apart";
    this.bars = el("ol", { class: "bars", "aria-label": "Candidates, likeliest first" });
    this.bars.onkeydown = (event) => this.key(event);
    this.axis = [0, 0.5, 1].map(() => el("span"));
    const axis = el("div", { class: "axis", "aria-hidden": "true" }, ...this.axis);
    this.strip = el("canvas", { role: "img" });
    this.drawn = el("p", { class: "drawn" });
    const tools = el("div", { class: "tools" }, this.drawn, this.glass, this.all);
    this.draws = el("div", { class: "draws" }, this.strip, tools);
    this.knobs = el("div", { class: "knobs" });
    this.list = el("div", {}, this.bars, axis, this.draws);
    this.body.append(this.list, this.knobs);
    /** @type {string[] | null} */
    this.named = null; // whose names have their width
    /** @type {Row[]} */
    this.rows = [];
    this.open = false;
    this.lens = false;
    /** @type {number | null} */
    this.rev = null;
    /** @type {Settings} */
    this.settings = { temperature: 1, top_k: 0, top_p: 1, greedy: false, seed: 0 };
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  update() {
    if (this.rev === this.data.rev) return;
    this.rev = this.data.rev;
    this.settings = { ...this.data.settings };
    this.knobs.replaceChildren(...KNOBS.map((knob) => this.slider(...knob)), this.choices());
  }

  tellKnobs() {
    this.send("knobs", { ...this.settings });
  }

  unfold() {
    this.open = !this.open;
    this.bars.scrollTop = 0;
    this.draw();
  }

  stretch() {
    this.lens = !this.lens;
    this.draw();
  }

  /**
   * @param {Knob} name
   * @param {string} label
   * @param {number} low
   * @param {number | null} high
   * @param {number} step
   */
  slider(name, label, low, high, step) {
    const { settings } = this;
    const V = this.data.vocabulary.length;
    // A link may lie beyond the slider or between its stops: what counts is the setting, until someone moves the knob.
    return slider(label, name, [low, high ?? V, step], {
      at: name === "top_k" ? settings.top_k || V : settings[name], // the far right of top-k keeps all
      words: () => String(name === "top_k" ? settings.top_k || "all" : +settings[name].toFixed(3)),
      moved: (value) => {
        settings[name] = name !== "top_k" ? value : value >= V ? 0 : Math.max(1, value);
        this.draw();
      },
      settled: () => this.tellKnobs(),
    });
  }

  /** Greedy and the seed. */
  choices() {
    const { settings } = this;
    const greedy = el("input", { type: "checkbox", "data-knob": "greedy" });
    greedy.checked = settings.greedy;
    greedy.onchange = () => {
      settings.greedy = greedy.checked;
      this.draw();
      this.tellKnobs();
    };
    const asked = { type: "text", inputmode: "numeric", size: 8, "data-knob": "seed", "aria-label": "Seed" };
    const seed = el("input", { ...asked, value: settings.seed });
    seed.onchange = () => {
      if (/^\d{1,10}$/.test(seed.value) && +seed.value < 2 ** 32) settings.seed = +seed.value; // torch knows 32 bits
      seed.value = String(settings.seed);
      this.tellKnobs();
    };
    const check = (/** @type {(Node | string)[]} */ ...parts) => el("label", { class: "check" }, ...parts);
    return el("div", { class: "both" }, check(greedy, "Greedy"), check("Seed", seed));
  }

  /**
   * What may follow a token; null where it was not told.
   * @param {number} place
   */
  after(place) {
    const { vocabulary, start = 0, logits, before, P, query, ids = [] } = this.data;
    const V = vocabulary.length;
    const seen = ids.slice(0, place + 1);
    if (place < start) return P && place === query ? distribution(before, this.settings, seen) : null;
    return distribution(logits.subarray((place - start) * V, (place - start + 1) * V), this.settings, seen);
  }

  draw() {
    const { T, tokens, vocabulary } = this.data;
    const V = vocabulary.length;
    this.list.classList.toggle("blank", !T);
    if (vocabulary !== this.named)
      this.list.classList.toggle(
        "pieces",
        vocabulary.some((one) => glyph(one).length > 2),
      );
    this.named = vocabulary;
    if (!T) {
      this.title.textContent = "Next token";
      return this.say(`It will spread 100 % over its ${V} tokens.`);
    }
    const at = looking(T);
    const last = at === T - 1;
    this.title.textContent = last ? "Next token" : `After ${named(tokens, at)}`;
    const found = this.after(at);
    if (!found) {
      this.list.classList.toggle("blank", true);
      return this.say(`Click this token to see what may follow it: of ${V} tokens only the last places are told.`);
    }
    const bits = entropy(found.p);
    this.say(
      `Uncertainty ${bits.toFixed(2)} bits, like ${(2 ** bits).toFixed(1)} equal options.${besides(this.settings)}`,
    );
    this.showBars(found, last ? null : tokens[at + 1]);
    this.showDraw(found.p, last ? null : tokens[at + 1]);
    const next = (last ? null : this.after(T - 1)) ?? found; // what Write draws from
    tell("choices", { kept: possible(next.p), V, temperature: this.settings.temperature, bits });
  }

  /**
   * @param {Distribution} found
   * @param {string | null} came the token that came next; null: it is not decided, and a click decides it
   */
  showBars({ p, before, removed, order }, came) {
    const { vocabulary } = this.data;
    const shown = order.slice(0, this.open ? MOST : SHOWN);
    const end = trackEnd(Math.max(p[order[0]], before[order[0]]), this.lens);
    while (this.rows.length < shown.length) this.rows.push(this.row());
    this.bars.replaceChildren(...this.rows.slice(0, shown.length).map(({ item }) => item));
    shown.forEach((i, place) => {
      const { item, pick, name, length, share } = this.rows[place];
      const out = removed[i];
      const token = vocabulary[i];
      const told = out ? `removed by ${out}` : percent(p[i]);
      Object.assign(item.dataset, { id: i, p: p[i] });
      item.classList.toggle("removed", Boolean(out));
      name.textContent = glyph(token);
      name.classList.toggle("came", token === came);
      length.style.width = ((out ? before[i] : p[i]) / end) * 100 + "%";
      share.textContent = out ? "out" : percent(p[i]);
      pick.disabled = came !== null || !bus.write;
      pick.setAttribute("aria-label", `${spoken(token)}, ${told}` + (token === came ? ", which came next" : ""));
      pick.title = pick.disabled ? told : `${told}; click to write it`;
      pick.tabIndex = place ? -1 : 0;
    });
    this.axis.forEach((tick, i) => (tick.textContent = percent((i / 2) * end)));
    this.glass.setAttribute("aria-pressed", String(this.lens));
    this.all.hidden = vocabulary.length <= SHOWN;
    this.all.textContent = this.open
      ? `First ${SHOWN}`
      : `${vocabulary.length > MOST ? "First" : "All"} ${Math.min(MOST, vocabulary.length)}`;
    this.all.setAttribute("aria-expanded", String(this.open));
    if (this.open)
      this.bars.tabIndex = 0; // a list that scrolls must be within reach of the keyboard
    else this.bars.removeAttribute("tabindex");
  }

  /** @returns {Row} */
  row() {
    const [name, length, share] = [el("span", { class: "name mono" }), bar(0), el("span", { class: "share" })];
    const pick = el("button", { type: "button" }, name, el("span", { class: "track" }, length), share);
    const item = el("li", {}, pick);
    pick.onclick = () => bus.write?.(Number(item.dataset.id));
    return { item, pick, name, length, share };
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const by = arrow(event.key)?.[0];
    const at = this.rows.findIndex(({ pick }) => pick === this.root.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    this.rows[clamp(at + by, 0, this.bars.children.length - 1)].pick.focus();
  }

  /**
   * The draw that is waiting, and what it will be; or what came. The picture's room stays, so that nothing below moves.
   * @param {Float64Array} p
   * @param {string | null} came the token that came next; null: it is not decided
   */
  showDraw(p, came) {
    const { u, index, vocabulary } = this.data;
    this.strip.classList.toggle("blank", came !== null);
    if (came !== null) {
      this.drawn.textContent = `What came next: “${glyph(came)}”, ${percent(p[vocabulary.indexOf(came)])}.`;
      return;
    }
    const hit = drawStrip(this.root, this.strip, this.width(), p, vocabulary, u);
    const draw = `Draw ${index + 1} of seed ${this.settings.seed}`;
    this.drawn.textContent = `${draw}: u = ${u.toFixed(4)} falls on “${glyph(vocabulary[hit])}”.`;
    this.strip.setAttribute("aria-label", this.drawn.textContent);
  }
}
