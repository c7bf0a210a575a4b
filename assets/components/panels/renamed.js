// Break it: the same tokens under shuffled ids, and what mends it.

import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {number} seed of the shuffling; 0: none
 * @property {[token: string, id: number, named: number][]} ids of the first tokens, as they are and shuffled
 * @property {[title: string, top: [token: string, share: number][], loss: number | null][]} ways in which the prompt is
 * read: the likeliest next tokens, and the loss in nats a token
 */

/** @extends {Card<Payload>} */
export default class Renamed extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What if the ids were others?", "run");
    this.box = el("input", { type: "checkbox", "data-switch": "renamed" });
    this.box.onchange = () => this.send("choice", { renamed: this.box.checked ? "1" : "0" });
    this.other = el("button", { type: "button", class: "soft", text: "shuffle again" });
    this.other.onclick = () => this.send("choice", { renamed: String(this.data.seed + 1) });
    const label = el("label", {}, this.box, "Shuffle the ids");
    this.ids = el("p", { class: "ids mono" });
    this.ways = el("div", { class: "ways" });
    this.body.append(el("div", { class: "row" }, label, this.other), this.ids, this.ways);
  }

  update() {
    const { sentence, seed, ids, ways } = this.data;
    this.say(sentence);
    this.box.checked = seed > 0;
    this.other.disabled = !seed;
    this.ids.replaceChildren(
      ...ids.map(([token, id, named]) =>
        el("span", { class: "pair", text: `${glyph(token)} ${id}${seed ? ` → ${named}` : ""}` }),
      ),
    );
    this.ways.replaceChildren(
      ...ways.map(([title, top, loss]) =>
        el(
          "section",
          { class: "way", "aria-label": title },
          el("h4", { text: title }),
          el("p", { class: "loss", text: loss === null ? "one token: no loss" : `${loss.toFixed(3)} nats a token` }),
          el(
            "ol",
            {},
            ...top.map(([token, share]) =>
              el(
                "li",
                {},
                el("span", { class: "mono name", text: glyph(token), "aria-label": spoken(token) }),
                el("span", { class: "track" }, bar(share)),
                el("span", { class: "share", text: percent(share) }),
              ),
            ),
          ),
        ),
      ),
    );
  }
}
