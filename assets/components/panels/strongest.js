// The keys that the token under the pointer (else the pinned, else the last) looks at most, as a list to read first;
// and a search, for prompts too long to find a token by eye.

import { headName } from "../shared/attention.js";
import { attentionOf, bus, hover, looking, move } from "../shared/bus.js";
import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { pairOf } from "../shared/selected.js";
import { glyph, named, spoken, tenths } from "../shared/text.js";

/** @typedef {{ tokens: string[] }} Payload */

const SHOWN = 6;
const PLACES = 12; // of what is searched for

/**
 * Where a piece of text begins in the prompt: the tokens, at most so many.
 * @param {string[]} tokens
 * @param {string} wanted
 * @param {number} most
 */
export function places(tokens, wanted, most) {
  const text = tokens.join("").toLowerCase();
  const piece = wanted.toLowerCase();
  /** @type {number[]} */
  const starts = []; // where each token begins in the text
  tokens.reduce((at, token) => {
    starts.push(at);
    return at + token.length;
  }, 0);
  /** @type {number[]} */
  const found = [];
  for (let at = piece ? text.indexOf(piece) : -1; at >= 0 && found.length < most; at = text.indexOf(piece, at + 1)) {
    found.push(starts.findLastIndex((start) => start <= at));
  }
  return found;
}

/**
 * How far a token looks.
 * @param {number} back
 */
const distance = (back) => (back === 0 ? "itself" : back > 0 ? `${back} back` : `${-back} ahead`);

/**
 * @param {number} query
 * @param {number} key
 * @param {number} T
 */
function isSelected(query, key, T) {
  const pair = pairOf(bus.view.cell, T);
  return pair !== null && pair[0] === query && pair[1] === key;
}

/** @extends {Card<Payload>} */
export default class Strongest extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Strongest keys", "run");
    this.find = el("input", {
      type: "search",
      placeholder: "Find in the prompt",
      "aria-label": "Find a token or a piece of text in the prompt",
      maxlength: 40,
      oninput: () => this.search(),
    });
    this.found = el("div", { class: "row found", role: "group", "aria-label": "Places found" });
    this.list = el("ol", { class: "keys" });
    this.body.append(this.list, el("div", { class: "search" }, this.find, this.found));
    this.body.onpointerleave = () => hover(null);
  }

  hears() {
    return {
      hover: () => {
        if (!this.list.matches(":hover")) this.draw();
      },
      pin: () => this.draw(),
      attention: () => this.drawSoon(),
    };
  }

  update() {
    this.search();
  }

  search() {
    const { tokens } = this.data;
    const wanted = this.find.value;
    const found = places(tokens, wanted, PLACES);
    this.found.replaceChildren(
      ...found.map((i) => {
        const text = `${tokens
          .slice(i, i + 6)
          .map(glyph)
          .join("")} ${i + 1}`;
        const onclick = () => move({ pin: i });
        return el("button", { type: "button", class: "soft mono", text, "aria-label": `Pin token ${i + 1}`, onclick });
      }),
    );
    if (wanted && !found.length) this.found.textContent = "Not in this prompt.";
  }

  draw() {
    const { tokens } = this.data;
    const T = tokens.length;
    const attention = attentionOf(T);
    this.list.hidden = this.find.hidden = this.found.hidden = !T || !bus.attention?.L;
    if (!attention) return this.say(T ? " " : "Whom each token looks at most.");
    const query = looking(T);
    const row = attention.row(bus.view, query);
    const keys = [...row.keys()].filter((k) => row[k] > 0);
    const order = keys.sort((a, b) => row[b] - row[a] || a - b).slice(0, SHOWN);
    const others = (attention.causal ? query + 1 : T) - order.length;
    this.say(`${named(tokens, query)} in ${headName(bus.view)}.`);
    this.list.classList.toggle(
      "pieces",
      tokens.some((token) => glyph(token).length > 2),
    );
    this.list.replaceChildren(...order.map((k) => this.line(query, k, row[k])));
    if (others <= 0) return;
    this.list.append(
      el("li", { class: "rest", text: others > 1 ? `${others} others share the rest.` : "One other has the rest." }),
    );
  }

  /**
   * @param {number} query
   * @param {number} key
   * @param {number} share
   */
  line(query, key, share) {
    const token = this.data.tokens[key];
    const chip = el("button", { type: "button", class: "chip mono", text: glyph(token) });
    chip.title = `token ${key + 1}: click pins it`;
    chip.setAttribute("aria-label", `${spoken(token)}, token ${key + 1}: pin it`);
    chip.onclick = () => move({ pin: key });
    chip.onpointerenter = () => hover(query, key);
    return el(
      "li",
      { "data-key": key, class: isSelected(query, key, this.data.tokens.length) ? "selected" : null },
      chip,
      el("span", { class: "where", text: distance(query - key) }),
      el("span", { class: "track" }, bar(share)),
      el("span", { class: "share", text: tenths(share) }),
    );
  }
}
