// The prompt as the model is given it: each token over its id; and ids that someone types, as text.

import { bus, hover, looking, pin } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, spoken, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} T
 * @property {number} V
 * @property {string[]} tokens that the model reads
 * @property {number[]} ids of them
 * @property {string[]} kinds of them
 * @property {string[]} bytes of them in UTF-8, in hexadecimal: "c3 a9"
 * @property {string} unknown a sentence; empty when every character has an id
 * @property {string} typed ids
 * @property {string} decoded the text of what was typed
 * @property {string} fault what is wrong with it
 * @property {number} limit characters that may be typed
 */

/** @extends {Card<Payload>} */
export default class Ids extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Text ⇄ ids", "run");
    this.list = el("ol", { class: "ids mono", tabindex: 0, "aria-label": "Tokens and their ids" });
    this.list.onpointerover = (event) => hover(this.placeOf(event));
    this.list.onpointerleave = () => hover(null);
    this.list.onclick = (event) => {
      const place = this.placeOf(event);
      if (place !== null) pin(place);
    };
    this.input = el("input", { type: "text", class: "mono", spellcheck: "false", autocomplete: "off" });
    this.input.oninput = () => this.send("choice", { ids: this.input.value });
    const field = el("label", { class: "field" }, el("span", { text: "Ids → text" }), this.input);
    this.decoded = el("p", { class: "decoded mono", role: "group", "aria-label": "The text of these ids" });
    this.fault = el("p", { class: "fault", role: "status" });
    this.body.append(this.list, field, this.decoded, this.fault);
  }

  hears() {
    return { hover: () => this.draw(), pin: () => this.draw() };
  }

  /** @param {Event} event */
  placeOf(event) {
    const place = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("li"))?.dataset.i;
    return place === undefined ? null : +place;
  }

  update() {
    const { tokens, ids, kinds, typed, decoded, fault, limit } = this.data;
    this.list.replaceChildren(
      ...tokens.map((token, i) => {
        const title = `${spoken(token)}: ${kinds[i]}, id ${ids[i]}`;
        const name = el("span", { class: "token", text: glyph(token) });
        return el("li", { "data-i": i, "data-kind": kinds[i], title }, name, el("span", { class: "id", text: ids[i] }));
      }),
    );
    this.list.scrollTop = this.list.scrollHeight; // where one writes
    if (this.root.activeElement !== this.input) this.input.value = typed;
    this.input.maxLength = limit;
    this.input.placeholder = ids.length ? `such as ${ids.slice(0, 4).join(" ")}` : "such as 0 1";
    this.decoded.textContent = decoded === "" ? " " : "“" + glyph(decoded) + "”";
    this.fault.textContent = fault;
    this.card.dataset.rows = String(tokens.length);
  }

  draw() {
    const { T, V, tokens, ids, kinds, unknown } = this.data;
    if (!T)
      return this.say(unknown || `This model knows ${thousands(V)} tokens; each has an id from 0 on. Type something.`);
    const i = looking(T);
    [...this.list.children].forEach((item, place) => {
      item.classList.toggle("query", place === i);
      item.classList.toggle("pinned", place === bus.view.pin);
    });
    const bytes = this.data.bytes[i].split(" ");
    const what = `“${glyph(tokens[i])}” at position ${i + 1} is a ${kinds[i].replace("letters", "piece of letters")}`;
    const many = bytes.length > 1 ? `${bytes.length} bytes` : "one byte";
    this.say(`${what}, id ${thousands(ids[i])} of ${thousands(V)}; in UTF-8 ${many}: ${bytes.join(" ")}. ${unknown}`);
  }
}
