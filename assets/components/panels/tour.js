// A tour of twelve things to do. It points at each, notices when it is done, says what that means, and puts everything
// back as it was when it ends. The bar offers it on the first visit and brings it back.

import { bus, hover, move, tell } from "../shared/bus.js";
import { el, focused } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";
import { Spotlight } from "../shared/spotlight.js";
import { keepTour, keepUnderWay, underWay } from "../shared/tourmemory.js";
import { STOPS } from "../shared/tourstops.js";

/**
 * @typedef {object} Payload
 * @property {number} written tokens that the model wrote
 * @property {string} model
 * @property {number} step of its training
 * @property {number} steps how many of them were kept
 * @property {number} temperature
 */
/** @typedef {import("../shared/tourstops.js").State} State */
/** @typedef {import("../shared/tourstops.js").Happened} Happened */
/** @typedef {{ back: string, n: number }} Left what Python is told as `left`: the link to what was there before */

const REST = 250; // milliseconds in which what was on its way to Python arrives before everything is put back
const OPEN = '.open, [aria-expanded="true"]'; // a list that Escape closes
const HOST = '[data-testid="stBidiComponentIsolated"]'; // in whose shadow Streamlit puts a panel that stands alone
const NOT_THERE = "It is not on the page as it stands: skip this, or choose another model or prompt.";
const END = "Everything goes back to how you had it. Next: Attention takes one head apart, the Studio trains a model.";

/** @extends {Panel<Payload>} */
export default class Tour extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) =>
      el("button", { type: "button", class: "soft", text, onclick });
    this.text = el("p", { role: "status" });
    this.why = el("p", { class: "why" });
    this.lost = el("p", { class: "why", text: NOT_THERE, hidden: true });
    this.back = button("Back", () => this.go((this.at ?? 1) - 1));
    this.there = button("Show me", () => this.lead());
    this.on = button("Skip", () => this.go((this.at ?? 0) + 1));
    this.end = button("End the tour", () => this.putAway());
    const said = el("div", { class: "said" }, this.text, this.why, this.lost);
    const row = el("div", { class: "row" }, this.back, this.there, this.on, this.end);
    this.box = el("aside", { class: "tour", "aria-label": "Guided tour", tabindex: -1 }, said, row);
    this.light = new Spotlight(this.box, (found) => (this.lost.hidden = found || this.at === null));
    root.append(this.box, this.light.ring);
    /** @type {number | null} the stop; null: not under way */
    this.at = null;
    /** @type {string | null} what it means that this stop is done; null: it is not */
    this.meaning = null;
    this.link = ""; // to what was there before the tour
    /** @type {HTMLElement | null} what had the keyboard's focus then */
    this.from = null;
    this.knobs = { temperature: 1, kept: 0, V: 0, bits: 0 }; // as they stand
    /** @type {State | null} when this stop began */
    this.was = null;
    this.escape = (/** @type {KeyboardEvent} */ event) => this.letGo(event);
    window.addEventListener("keydown", this.escape, true);
    this.light.stop();
  }

  hears() {
    return {
      tour: () => this.begin(),
      typing: () => this.happened("typing"),
      hover: (/** @type {import("../shared/tourstops.js").Pointed} */ at) => this.happened("hover", at),
      pin: () => this.happened("pin"),
      choices: (/** @type {typeof this.knobs} */ knobs) => {
        this.knobs = knobs;
        this.happened("choices");
      },
    };
  }

  update() {
    if (!this.was) this.resume();
    const chosen = this.data.model !== this.was?.model;
    this.happened("written");
    this.happened("step");
    if (chosen && this.at !== null && this.meaning === null) this.go(this.at); // what to do may be another thing now
  }

  leave() {
    this.light.stop();
    window.removeEventListener("keydown", this.escape, true);
  }

  /** The panel is new: after a reload, or another page, the tour goes on where it was, once all others are there. */
  resume() {
    this.knobs.temperature = this.data.temperature;
    this.was = this.now();
    const kept = underWay();
    this.show();
    if (!kept) return;
    this.link = kept.link;
    requestAnimationFrame(() => this.go(Math.min(kept.at, STOPS.length)));
  }

  /** @returns {State} */
  now() {
    const { pin, layer, head, mode } = bus.view;
    const { written, model, step, steps } = this.data;
    return { pin, layer, head, mode, ...this.knobs, written, model, step, steps };
  }

  /**
   * One thing happened: is it what the tour is waiting for?
   * @param {Happened} name
   * @param {import("../shared/tourstops.js").Pointed} [at]
   */
  happened(name, at = {}) {
    const stop = this.at === null ? undefined : STOPS[this.at];
    if (!stop || !this.was || this.meaning !== null) return;
    const now = this.now();
    if (name === stop.on && stop.done(now, this.was, at)) {
      this.meaning = stop.means(now, at);
      this.show();
    } else if (name === "pin") this.was.pin = now.pin;
  }

  begin() {
    if (this.at === null) {
      this.from = focused();
      tell("address", {}); // so that the link is complete
      this.link = location.search;
    }
    this.go(0);
    this.box.focus();
  }

  /** @param {number} stop counted from 0; beyond the last one everything was seen */
  go(stop) {
    tell("halt", {}); // what a stop set going has been seen
    this.at = stop;
    this.meaning = null;
    this.was = this.now();
    keepUnderWay({ at: stop, link: this.link });
    this.show();
    if (STOPS[stop]) this.light.pointAt(() => this.find());
    else this.light.stop();
  }

  /** What this stop is about, wherever it is now. */
  find() {
    const [panel, selector] = STOPS[this.at ?? 0].where(this.now());
    if (!panel) return document.querySelector(selector);
    const board = /** @type {ShadowRoot} */ (this.root.host.getRootNode());
    return board.querySelector(".room." + panel)?.shadowRoot?.querySelector(selector) ?? null;
  }

  /** Into sight, and with the keyboard too. */
  lead() {
    const target = /** @type {HTMLElement | null} */ (this.light.target);
    this.light.scroll();
    const inside = 'button:not([tabindex="-1"]), input, textarea, [role="combobox"]';
    const within = target?.shadowRoot ?? target?.querySelector(HOST)?.shadowRoot ?? target;
    const first = target?.matches(inside) || target?.tabIndex === 0 ? target : within?.querySelector(inside);
    /** @type {HTMLElement | null | undefined} */ (first)?.focus({ preventScroll: true });
  }

  /**
   * Escape lets a pinned token go, wherever the focus is; without one, it ends the tour.
   * @param {KeyboardEvent} event
   */
  letGo(event) {
    if (this.at === null || event.key !== "Escape") return;
    const open = event.composedPath().some((one) => one instanceof Element && one.matches(OPEN));
    if (bus.view.pin !== null) {
      move({ pin: null });
      hover(null);
    } else if (!open) this.putAway();
  }

  /** It ends, and with it everything that it asked for. */
  putAway() {
    this.at = null;
    keepTour({ seen: true });
    keepUnderWay(null);
    this.light.stop();
    this.show();
    this.from?.focus({ preventScroll: true });
    tell("halt", {});
    const back = this.link;
    setTimeout(() => this.send("left", { back, n: performance.now() }), REST);
  }

  show() {
    const { at, meaning } = this;
    const done = meaning !== null;
    this.box.hidden = at === null;
    this.root.host.classList.toggle("going", at !== null);
    this.root.host.classList.toggle("away", at === null);
    this.box.dataset.stop = at === null ? "" : String(at);
    this.box.dataset.done = String(done);
    if (at === null) return;
    const stop = STOPS[at];
    const title = stop ? `${at + 1} of ${STOPS.length}: ${stop.title}. ` : "You have seen it all. ";
    const text = stop ? (meaning ?? stop.text(this.now())) : END;
    this.text.replaceChildren(el("strong", { text: (done ? "✓ " : "") + title }), text);
    this.why.textContent = stop ? "Why: " + stop.why : "";
    this.why.hidden = done || !stop;
    this.on.textContent = done ? "Next" : "Skip";
    this.on.classList.toggle("main", done);
    this.end.textContent = stop ? "End the tour" : "Close";
    const gone = [...(at ? [] : [this.back]), ...(stop ? [] : [this.there, this.on])];
    if (gone.some((button) => button === this.root.activeElement)) this.box.focus();
    for (const button of [this.back, this.there, this.on]) button.hidden = gone.includes(button);
  }
}
