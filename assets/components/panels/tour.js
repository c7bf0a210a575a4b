// A tour of twelve things to do, each noticed when it is done. The bar offers it on the first visit and brings it back;
// it can be put away at any time, which is kept in this browser alone.

import { bus } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";
import { keepTour } from "../shared/tourmemory.js";

/** @typedef {import("../shared/bus.js").View} View */
/**
 * @typedef {object} Payload
 * @property {number} written tokens that the model wrote
 * @property {string} model
 * @property {number} temperature
 */
/** @typedef {Partial<View & Payload & { token: number | null, kept: number, V: number }>} Seen comes with an event */
/** @typedef {{ pin: number | null, layer: number, head: number, mode: string, temperature: number }} Was before */
/** @typedef {"typing" | "hover" | "pin" | "choices" | "written" | "model"} Happened */
/**
 * @typedef {object} Stop
 * @property {string} title
 * @property {string} text
 * @property {Happened} on what it waits for
 * @property {(now: Seen, was: Was) => boolean} [done] whether that was it
 */

/** @type {Stop[]} */
const STOPS = [
  {
    title: "Type something",
    text: "Put the cursor into the prompt and type a letter. Everything on the page follows each key.",
    on: "typing",
  },
  {
    title: "Point at a token",
    text: "Move over the tokens: the others darken by the share of attention that this one gives them.",
    on: "hover",
    done: ({ token }) => typeof token === "number",
  },
  {
    title: "Pin it",
    text: "Click a token: it stays chosen when the pointer goes.",
    on: "pin",
    done: ({ pin }) => pin !== null,
  },
  {
    title: "Let go",
    text: "Press Escape, or click the pinned token again.",
    on: "pin",
    done: ({ pin }, was) => pin === null && was.pin !== null,
  },
  {
    title: "Choose a head",
    text: "“All heads” shows every attention map of the model. Click one of them.",
    on: "pin",
    done: ({ layer, head }, was) => layer !== was.layer || head !== was.head,
  },
  {
    title: "Read a cell",
    text: "Point at a cell of the large map: its row looks at its column, and this is the share.",
    on: "hover",
    done: ({ key }) => typeof key === "number",
  },
  {
    title: "Average the heads",
    text: "Above the tokens, choose “mean of the layer”: all heads of the layer at once.",
    on: "pin",
    done: ({ mode }, was) => mode !== was.mode,
  },
  {
    title: "Draw one token",
    text: "Press “Next token”: the model adds the one that the arrow u points at.",
    on: "written",
    done: ({ written = 0 }) => written > 0,
  },
  {
    title: "Turn up the heat",
    text: "Move Temperature to the right: the bars level out, and unlikely tokens get their chance.",
    on: "choices",
    done: ({ temperature = 0 }, was) => temperature > was.temperature,
  },
  {
    title: "Keep the best",
    text: "Move Top-k to the left: only the likeliest tokens stay in the draw.",
    on: "choices",
    done: ({ kept = 0, V = 0 }) => kept < V,
  },
  {
    title: "Let it write",
    text: "Press “Run 200” and watch attention follow every new token. “Stop” ends it.",
    on: "written",
    done: ({ written = 0 }) => written >= 20,
  },
  {
    title: "Look at a young model",
    text:
      "Above the prompt, choose the model “mini”: it was kept at many steps of its training, " +
      "which the slider replays.",
    on: "model",
    done: ({ model }) => model === "mini",
  },
];

/** @extends {Panel<Payload>} */
export default class Tour extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.box = el("aside", { class: "tour", "aria-label": "Guided tour" });
    root.append(this.box);
    /** @type {number | null} the stop; null: not under way */
    this.at = null;
    /** @type {Was} */
    this.was = { pin: null, layer: 0, head: 0, mode: "head", temperature: 1 };
    /** @type {number | null} as the knob stands */
    this.temperature = null;
    this.show();
  }

  hears() {
    const on = (/** @type {Happened} */ name) => (/** @type {Seen} */ seen) => this.happened(name, seen);
    const tour = () => this.begin();
    return { tour, typing: on("typing"), hover: on("hover"), pin: on("pin"), choices: on("choices") };
  }

  update() {
    this.happened("written", this.data);
    this.happened("model", this.data);
  }

  /** How things stand now, to notice what changes. */
  now() {
    const { pin, layer, head, mode } = bus.view;
    return { pin, layer, head, mode, temperature: this.temperature ?? this.data.temperature };
  }

  /**
   * One thing happened: is it what the tour is waiting for?
   * @param {Happened} name
   * @param {Seen} seen
   */
  happened(name, seen) {
    if (name === "choices" && seen.temperature !== undefined) this.temperature = seen.temperature;
    const stop = this.at === null ? undefined : STOPS[this.at];
    if (!stop) return;
    if (name === stop.on && (stop.done?.(seen, this.was) ?? true)) this.next();
    else if (name === "pin") this.was.pin = seen.pin ?? null;
  }

  begin() {
    this.at = 0;
    this.was = this.now();
    this.show();
  }

  next() {
    this.at = (this.at ?? 0) + 1;
    this.was = this.now();
    this.show();
  }

  putAway() {
    this.at = null;
    keepTour({ seen: true });
    this.show();
  }

  show() {
    this.box.hidden = this.at === null;
    this.root.host.classList.toggle("going", this.at !== null);
    this.root.host.classList.toggle("away", this.box.hidden);
    this.box.dataset.stop = this.at === null ? "" : String(this.at);
    if (this.at === null) return;
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, kind = "soft") =>
      el("button", { type: "button", class: kind, text, onclick });
    const away = () => this.putAway();
    const fill = (/** @type {string} */ strong, /** @type {string} */ text, /** @type {Node[]} */ buttons) =>
      this.box.replaceChildren(
        el("p", { role: "status" }, el("strong", { text: strong + " " }), text),
        el("div", { class: "row" }, ...buttons),
      );
    if (this.at >= STOPS.length) {
      const more = "Next: the Attention page takes one head apart, and the Studio trains a model of your own.";
      fill("You have seen it all.", more, [button("Close", away, "soft main")]);
    } else {
      const { title, text } = STOPS[this.at];
      const skip = button("Skip", () => this.next());
      fill(`${this.at + 1} of ${STOPS.length}: ${title}.`, text, [skip, button("End the tour", away)]);
    }
  }
}
