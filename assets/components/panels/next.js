// Next token: the bars, and the knobs that shape them. The logits are already here, so every movement of a knob is
// computed in the browser, in doubles (shared/distribution.js).

import { looking, tell } from "../shared/bus.js";
import { ink, mix, paint } from "../shared/colours.js";
import { distribution, entropy, possible, stretches } from "../shared/distribution.js";
import { bar, el, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, named, percent, spoken } from "../shared/text.js";

/** @typedef {import("../shared/distribution.js").Settings & { seed: number }} Settings */
/** @typedef {import("../shared/distribution.js").Distribution} Distribution */
/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} V
 * @property {string[]} tokens that the model reads
 * @property {string[]} vocabulary (V,)
 * @property {Float32Array} logits (T, V)
 * @property {Settings} settings of the knobs, taken when `rev` changes; Python is told them as `knobs`
 * @property {number} rev another one: Python chose the settings
 * @property {number} index how many were drawn
 * @property {number} u the next draw's number, from 0 to 1
 */
/** @typedef {"temperature" | "top_k" | "top_p"} Knob */

const SHOWN = 10;
/** @type {[Knob, string, number, number | null, number][]} name, label, from, to (null: all of the vocabulary), step */
const KNOBS = [
  ["temperature", "Temperature", 0.1, 3, 0.05],
  ["top_k", "Top-k", 0, null, 1],
  ["top_p", "Top-p", 0.05, 1, 0.01],
];

/** @extends {Card<Payload>} */
export default class Next extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Next token");
    this.bars = el("ol", { class: "bars", "aria-label": "Candidates, likeliest first" });
    this.all = el("button", { type: "button", class: "soft", onclick: () => this.unfold() });
    this.rod = el("canvas", { role: "img" });
    this.drawn = el("p", { class: "drawn" });
    this.knobs = el("div", { class: "knobs" });
    this.body.append(this.bars, this.all, this.rod, this.drawn, this.knobs);
    this.open = false;
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
    const output = el("output", { class: "value" });
    const range = { type: "range", min: low, max: high ?? V, step };
    const input = el("input", { ...range, "aria-label": label, "data-knob": name });
    input.value = String(name === "top_k" ? settings.top_k || V : settings[name]); // the far right of top-k keeps all
    // A link may lie beyond the slider or between its stops: what counts is the setting, until someone moves the knob.
    const show = () => {
      output.textContent = String(name === "top_k" ? settings.top_k || "all" : +settings[name].toFixed(3));
    };
    show();
    input.oninput = () => {
      const value = +input.value;
      settings[name] = name !== "top_k" ? value : value >= V ? 0 : Math.max(1, value);
      show();
      this.draw();
    };
    input.onchange = () => this.tellKnobs();
    return el("label", {}, el("span", { text: label }), input, output);
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
    return el("div", { class: "row" }, check(greedy, " Greedy"), check("Seed ", seed));
  }

  /**
   * What may follow a token.
   * @param {number} place
   */
  after(place) {
    const V = this.data.vocabulary.length;
    return distribution(this.data.logits.subarray(place * V, (place + 1) * V), this.settings);
  }

  draw() {
    const { T, tokens, vocabulary } = this.data;
    const V = vocabulary.length;
    if (!T) {
      this.title.textContent = "Next token";
      this.bars.replaceChildren();
      this.all.hidden = this.rod.hidden = this.drawn.hidden = true;
      return this.say(`The model will spread 100 % over its ${V} tokens as soon as there is one to read.`);
    }
    const at = looking(T);
    const last = at === T - 1;
    this.title.textContent = last ? "Next token" : `After ${named(tokens, at)}`;
    const found = this.after(at);
    const bits = entropy(found.p);
    const kept = possible(found.p);
    const cut = kept < V ? ` ${kept} of ${V} tokens can be drawn.` : "";
    this.say(`Uncertainty ${bits.toFixed(2)} bits: like choosing among ${(2 ** bits).toFixed(1)} equal options.${cut}`);
    this.showBars(found, last ? null : tokens[at + 1]);
    this.rod.hidden = this.drawn.hidden = !last;
    if (last) this.showRod(found.p);
    const next = last ? found : this.after(T - 1); // what Write draws from
    tell("choices", { kept: possible(next.p), V, temperature: this.settings.temperature });
  }

  /**
   * @param {Distribution} found
   * @param {string | null} came the token that came next
   */
  showBars({ p, before, removed, order }, came) {
    const { vocabulary } = this.data;
    const shown = this.open ? order : order.slice(0, SHOWN);
    const most = Math.max(p[order[0]], before[order[0]]);
    this.bars.replaceChildren(
      ...shown.map((i) => {
        const out = removed[i];
        const name = vocabulary[i];
        const label = spoken(name) + (name === came ? ", which came next" : "");
        const kind = "name mono" + (name === came ? " came" : "");
        return el(
          "li",
          { class: out && "removed", "data-id": i, "data-p": p[i], title: out ? `removed by ${out}` : "" },
          el("span", { class: kind, text: glyph(name), "aria-label": label }),
          el("span", { class: "track" }, bar((out ? before[i] : p[i]) / most)),
          el("span", { class: "share", text: out ? "out" : percent(p[i]) }),
        );
      }),
    );
    this.all.hidden = vocabulary.length <= SHOWN;
    this.all.textContent = this.open ? `Only the first ${SHOWN}` : `All ${vocabulary.length}`;
    this.all.setAttribute("aria-expanded", String(this.open));
    if (this.open)
      this.bars.tabIndex = 0; // a list that scrolls must be within reach of the keyboard
    else this.bars.removeAttribute("tabindex");
  }

  /**
   * The cumulative bar: every token a stretch as long as its probability; u falls on one of them.
   * @param {Float64Array} p
   */
  showRod(p) {
    const { u, index, vocabulary } = this.data;
    const width = this.width();
    const context = sharp(this.rod, width, 22);
    const { back, main, text } = ink(this.root);
    const { starts, hit } = stretches(p, u);
    starts.forEach(([i, start], place) => {
      context.fillStyle = paint(mix(back, main, place % 2 ? 0.55 : 0.3));
      context.fillRect(start * width, 8, Math.max(p[i] * width, 0.5), 14);
    });
    const x = u * width;
    context.fillStyle = text;
    context.beginPath();
    context.moveTo(x, 10);
    context.lineTo(x - 5, 1);
    context.lineTo(x + 5, 1);
    context.fill();
    context.fillRect(x - 0.75, 8, 1.5, 14);
    const draw = `Draw ${index + 1} of seed ${this.settings.seed}`;
    this.drawn.textContent = `${draw}: u = ${u.toFixed(4)} falls on “${glyph(vocabulary[hit])}”.`;
    this.rod.setAttribute("aria-label", this.drawn.textContent);
  }
}
