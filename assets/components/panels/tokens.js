// The strip of tokens: hover or focus one, and the others shade by the attention it pays. Click pins, Escape lets go.

import { headName } from "../shared/attention.js";
import { attentionOf, bus, hover, looking, move, pin } from "../shared/bus.js";
import { ink, lift, paint, weightRamp } from "../shared/colours.js";
import { clamp, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, named, spoken, tenths } from "../shared/text.js";

/** @typedef {import("../shared/attention.js").Mode} Mode */
/**
 * @typedef {object} Payload
 * @property {string[]} tokens that the model reads
 * @property {[text: string, place: number][]} chips what is shown: tokens, and at place -1 characters it does not know;
 * empty when it knows all of them
 * @property {number} hidden how many tokens before are out of its sight
 * @property {number} written the place from which on tokens were written by the model
 */

/** @type {[Mode, before: string, short: string, after: string][]} in a narrow card only the short word is seen */
const MODES = [
  ["head", "chosen ", "head", ""],
  ["mean", "", "mean", " of the layer"],
  ["max", "", "largest", " of the layer"],
];
const TOP = 3; // keys named in the sentence

/**
 * The keys that a row looks at most, strongest first.
 * @param {Float64Array} row
 * @param {number} count
 */
export function strongestKeys(row, count) {
  const keys = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, count);
  return keys.filter((key) => row[key] > 0.005);
}

/** @extends {Card<Payload>} */
export default class Tokens extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Tokens", "line");
    const strip = "Tokens: arrow keys move, Enter pins, Escape lets go";
    this.strip = el("div", { class: "strip mono", role: "group", "aria-label": strip });
    const long = (/** @type {string} */ text) => el("span", { class: "long", text });
    this.modes = MODES.map(([mode, before, short, after]) => {
      const told = { "data-mode": mode, "aria-label": before + short + after, onclick: () => move({ mode }) };
      return el("button", { type: "button", class: "soft", ...told }, long(before), short, long(after));
    });
    const label = "Which attention shades the tokens";
    const modes = el("div", { class: "row", role: "group", "aria-label": label }, ...this.modes);
    this.top.replaceChildren(this.title, el("slot"), modes, this.note); // what is selected stands at the slot
    this.body.append(this.strip);
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.wire();
  }

  hears() {
    const pinned = () => {
      this.draw();
      this.reveal();
    };
    return { hover: () => this.draw(), attention: () => this.drawSoon(), pin: pinned };
  }

  wire() {
    const of = (/** @type {Event} */ event) => {
      const place = /** @type {Element} */ (event.target).closest("button")?.dataset.i;
      return place === undefined ? null : +place;
    };
    this.strip.onpointerover = (event) => hover(of(event));
    this.strip.onpointerleave = () => hover(this.focused());
    this.strip.addEventListener("focusin", (event) => hover(of(event)));
    this.strip.addEventListener("focusout", () =>
      setTimeout(() => {
        if (this.focused() === null) hover(null); // not while focus only moves on
      }),
    );
    this.strip.onclick = (event) => {
      const place = of(event);
      if (place === null) return;
      pin(place);
      if (bus.view.pin === null) this.letGo();
    };
    this.strip.onkeydown = (event) => {
      const T = this.data.tokens.length;
      const to = { ArrowLeft: -1, ArrowRight: 1, Home: -T, End: T }[event.key];
      if (event.key === "Escape") {
        move({ pin: null });
        this.letGo();
      }
      if (to === undefined) return;
      event.preventDefault();
      this.buttons[clamp((of(event) ?? 0) + to, 0, T - 1)].focus();
    };
  }

  /** Neither a focus nor a pointer that rests holds a token that was let go. */
  letGo() {
    /** @type {HTMLElement | null} */ (this.root.activeElement)?.blur();
    hover(null);
  }

  /** The token that has the keyboard's focus. */
  focused() {
    const place = /** @type {HTMLElement | null} */ (this.root.activeElement)?.dataset.i;
    return place === undefined ? null : +place;
  }

  update() {
    const { tokens } = this.data;
    const first = !this.buttons.length;
    this.showChips();
    if (first) this.reveal();
    this.card.dataset.tokens = String(tokens.length);
    this.card.dataset.text = tokens.join("");
  }

  /** Bring the pinned token into sight. */
  reveal() {
    const pinned = this.buttons[bus.view.pin ?? -1];
    if (!pinned) return;
    const { scrollTop, clientHeight } = this.strip;
    const top = pinned.offsetTop - this.buttons[0].offsetTop;
    if (top < scrollTop || top + pinned.offsetHeight > scrollTop + clientHeight) this.strip.scrollTop = top;
  }

  showChips() {
    const { hidden, written, tokens } = this.data;
    /** @type {Payload["chips"]} */
    const chips = this.data.chips.length ? this.data.chips : tokens.map((text, i) => [text, i]);
    const focused = this.focused();
    this.buttons = [];
    const shown = chips.map(([text, i]) => {
      if (i < 0) {
        const title = "This model does not know this character";
        return el("span", { class: "chip unknown", text: glyph(text), title });
      }
      const button = el("button", {
        type: "button",
        class: "chip" + (i >= written ? " written" : ""),
        text: glyph(text),
        "data-i": i,
        "aria-label": `${spoken(text)}, token ${i + 1}`,
        tabindex: -1,
      });
      this.buttons.push(button);
      return button;
    });
    if (hidden) shown.unshift(el("span", { class: "hidden", text: `… ${hidden} before, out of sight ` }));
    this.strip.replaceChildren(...shown);
    if (focused !== null) this.buttons[Math.min(focused, tokens.length - 1)]?.focus();
    else this.strip.scrollTop = this.strip.scrollHeight; // where one writes
  }

  draw() {
    const { tokens } = this.data;
    const T = tokens.length;
    for (const button of this.modes) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === bus.view.mode));
    }
    if (!T) return this.say("Text becomes tokens here. Type something, or take an example.");
    const query = looking(T);
    this.buttons.forEach((button, i) => {
      button.tabIndex = i === (bus.view.pin ?? T - 1) ? 0 : -1;
      button.classList.toggle("query", i === query);
      button.classList.toggle("pinned", i === bus.view.pin);
      button.classList.toggle("key", i === bus.view.key);
      button.setAttribute("aria-pressed", String(i === bus.view.pin));
    });
    if (bus.attention?.L === 0) return this.say("This model has no attention: it sees one token at a time.");
    const attention = attentionOf(T);
    if (!attention) return this.say(" ");
    const row = attention.row(bus.view, query);
    this.shade(row);
    const looks = strongestKeys(row, TOP).map((key) => `${tenths(row[key])} to ${named(tokens, key)}`);
    const who = `“${glyph(tokens[query])}” at position ${query + 1}`;
    const does = attention.causal ? "looks back" : "looks around"; // without a mask at later tokens too
    this.say(`${who} ${does}, in ${headName(bus.view)}: ${looks.join(", ")}.`);
  }

  /** @param {Float64Array} row how much each token is looked at */
  shade(row) {
    const { back, text } = ink(this.root);
    const colourAt = weightRamp(this.root);
    this.buttons.forEach((button, i) => {
      const share = lift(row[i]);
      button.style.background = share > 0.01 ? paint(colourAt(row[i])) : "";
      button.style.color = share > 0.55 ? paint(back) : text;
    });
  }
}
