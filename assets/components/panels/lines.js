// Head view: who looks at whom, as lines from the right column of tokens to the left, one hue a head: the chosen head's
// until others of its layer are asked for. A double click leaves one alone. A long prompt shows the part one looks at.

import { attentionOf, bus, hover, looking, move, pin } from "../shared/bus.js";
import { ink } from "../shared/colours.js";
import { clamp, css, el, letters, placeOf, sharp } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, named, tenths } from "../shared/text.js";

/** @typedef {import("../shared/attention.js").Attention} Attention */
/** @typedef {{ tokens: string[] }} Payload */

const HIGH = 440; // of the picture, however long the text: few tokens stand far apart
const MOST = 42; // tokens shown at once
const SIDE = 46; // room for the tokens at each side
const LEAST = 0.02; // the smallest share that gets a line

/** @extends {Card<Payload>} */
export default class Lines extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Lines from token to token");
    this.heads = el("div", { class: "row", role: "group", "aria-label": "Heads that draw lines" });
    this.canvas = el("canvas", { role: "img", tabindex: 0 });
    this.body.append(this.heads, this.canvas);
    /** @type {Set<number> | null} heads that draw lines; null: the chosen one, whichever that is */
    this.asked = null;
    this.from = Infinity; // the first token that is shown
    /** @type {number | null} the token under the pointer */
    this.held = null;
    /** @type {HTMLButtonElement[]} one a head */
    this.buttons = [];
    this.follow = this.every = el("button");
    this.wire();
  }

  frame() {
    return this.body;
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw(), attention: () => this.drawSoon() };
  }

  /** How many tokens are shown. */
  shown() {
    return Math.min(this.data.tokens.length, MOST, Math.floor(HIGH / (letters(9) + 1)));
  }

  /** How high a token's row is. */
  step() {
    return HIGH / this.shown();
  }

  wire() {
    const at = (/** @type {MouseEvent} */ event) => {
      const i = this.from + Math.floor((placeOf(event).y - 2) / this.step());
      return i >= this.from && i < this.from + this.shown() ? i : null;
    };
    this.canvas.onpointermove = (event) => {
      const token = at(event);
      if (this.held === token) return;
      this.held = token;
      hover(token);
    };
    this.canvas.onclick = (event) => {
      const token = at(event);
      if (token !== null) pin(token);
    };
    this.canvas.onpointerleave = this.canvas.onblur = () => {
      this.held = null;
      hover(null);
    };
    this.canvas.onkeydown = (event) => {
      const T = this.data.tokens.length;
      if (event.key === "Enter") move({ pin: looking(T) });
      if (event.key === "Escape") {
        hover(null);
        move({ pin: null });
      }
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      hover(clamp(looking(T) + by, 0, T - 1));
    };
  }

  /**
   * @param {number} head
   * @param {number} H
   */
  hue(head, H) {
    const light = ink(this.root).back[0] > 128;
    return `hsl(${Math.round((360 * head) / H + 210) % 360} 65% ${light ? 42 : 66}%)`;
  }

  draw() {
    const T = this.data.tokens.length;
    const attention = attentionOf(T);
    this.canvas.hidden = this.heads.hidden = !attention;
    if (!attention) return this.say("Lines will join each token to those it looks at.");
    if (this.buttons.length !== attention.H) this.offerHeads(attention.H);
    this.showHeads(attention.H);
    const query = looking(T);
    const n = this.shown();
    // The part that is shown stays where it is while the pointer moves in it.
    if (!(query >= this.from && query < this.from + n)) this.from = query - Math.floor(n * 0.75);
    this.from = clamp(this.from, 0, T - n);
    this.picture(attention, query);
    this.say(this.sentence(attention, query));
    this.canvas.setAttribute("aria-label", this.note.textContent + " Up and down keys move the token.");
  }

  /** Heads that draw lines. @param {number} H */
  on(H) {
    const { asked } = this;
    return [...Array(H).keys()].filter((head) => (asked ? asked.has(head) : head === bus.view.head));
  }

  /**
   * @param {Attention} attention
   * @param {number} query
   */
  sentence(attention, query) {
    const { tokens } = this.data;
    const { layer } = bus.view;
    const on = this.on(attention.H);
    const n = this.shown();
    const which = on.length === 1 ? `head ${on[0] + 1}` : `${on.length} of ${attention.H} heads`;
    const what = `Layer ${layer + 1}, ${which}.`;
    const how = "Right looks at left; the thicker the line, the larger the share (from 2 %).";
    const cut = n < tokens.length ? ` Tokens ${this.from + 1} to ${this.from + n} of ${tokens.length}.` : "";
    const looks = on.map((head) => {
      const row = attention.row({ layer, head, mode: "head" }, query);
      const share = Math.max(...row);
      return { head, share, key: row.indexOf(share) };
    });
    if (!looks.length) return `${what} ${how}${cut}`;
    const { head, share, key } = looks.reduce((a, b) => (b.share > a.share ? b : a));
    const best = `the strongest is head ${head + 1}: ${tenths(share)} to ${named(tokens, key)}`;
    return `${what} ${how}${cut} Of ${named(tokens, query)}, ${best}.`;
  }

  /**
   * @param {Attention} attention
   * @param {number} query
   */
  picture(attention, query) {
    const { tokens } = this.data;
    const { from } = this;
    const n = this.shown();
    const width = Math.min(this.width(320), 520);
    const context = sharp(this.canvas, width, HIGH + 4);
    const step = this.step();
    const [left, right] = [SIDE, width - SIDE];
    const y = (/** @type {number} */ i) => (i - from + 0.5) * step + 2;
    const chosen = (bus.view.hover ?? bus.view.pin) !== null;
    const [first, last] = chosen ? [query, query] : [from, from + n - 1];
    for (let q = first; q <= last; q++) {
      for (const head of this.on(attention.H)) {
        context.strokeStyle = this.hue(head, attention.H);
        for (let k = from; k < (attention.causal ? q + 1 : from + n); k++) {
          const share = attention.weight(bus.view.layer, head, q, k);
          if (share < LEAST) continue;
          context.globalAlpha = 0.2 + 0.8 * Math.min(1, share);
          context.lineWidth = 0.5 + 2.5 * share;
          context.beginPath();
          context.moveTo(right, y(q));
          context.bezierCurveTo((left + right) / 2, y(q), (left + right) / 2, y(k), left, y(k));
          context.stroke();
        }
      }
    }
    context.globalAlpha = 1;
    context.font = `${clamp(step - 1, letters(9), letters(12))}px ${css(this.root, "--st-code-font") || "monospace"}`;
    context.textBaseline = "middle";
    const [text, blue, orange] = ["text", "blue", "orange"].map((name) => css(this.root, `--st-${name}-color`));
    for (let i = from; i < from + n; i++) {
      const label = glyph(tokens[i]).slice(0, 3);
      context.textAlign = "right";
      context.fillStyle = i === bus.view.key ? orange : text;
      context.fillText(`${i + 1} ${label}`, left - 4, y(i));
      context.textAlign = "left";
      context.fillStyle = chosen && i === query ? blue : text;
      context.fillText(`${label} ${i + 1}`, right + 4, y(i));
    }
  }

  /** Buttons for another number of heads. @param {number} H */
  offerHeads(H) {
    const all = [...Array(H).keys()];
    const ask = (/** @type {number[] | null} */ heads) => {
      this.asked = heads && new Set(heads);
      this.draw();
    };
    const turn = (/** @type {number} */ head) => {
      const on = this.on(H);
      ask(on.includes(head) ? on.filter((other) => other !== head) : [...on, head]);
    };
    this.asked = null;
    this.buttons = all.map((head) => {
      const title = "Click: on or off. Double click: this head alone";
      const does = { onclick: () => turn(head), ondblclick: () => ask([head]) };
      const words = { type: "button", class: "soft", "aria-label": `Head ${head + 1}`, title };
      return el("button", { ...words, ...does }, el("span", { class: "dot" }), ` ${head + 1}`);
    });
    const choice = (/** @type {string} */ text, /** @type {number[] | null} */ heads) =>
      el("button", { type: "button", class: "soft", text, onclick: () => ask(heads) });
    this.follow = choice("Chosen head", null);
    this.every = choice("All heads", all);
    this.heads.replaceChildren(this.follow, this.every, ...this.buttons);
  }

  /** Which heads are on. @param {number} H */
  showHeads(H) {
    const on = this.on(H);
    this.follow.setAttribute("aria-pressed", String(!this.asked));
    this.every.setAttribute("aria-pressed", String(on.length === H));
    this.buttons.forEach((button, head) => {
      const off = !on.includes(head);
      const dot = /** @type {HTMLElement} */ (button.firstElementChild);
      button.setAttribute("aria-pressed", String(!off));
      dot.style.background = off ? "transparent" : this.hue(head, H);
      dot.style.borderColor = this.hue(head, H);
    });
  }
}
