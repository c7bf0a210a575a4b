// One head: the ten places of the model's own text at which it gives most of its attention to one kind of place.

import { move } from "../shared/bus.js";
import { choose, followShare } from "../shared/choosing.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { Searching, listPassages } from "../shared/passages.js";
import { tenths } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} L layers; 0: no heads
 * @property {number} H heads of a layer
 * @property {number} layer
 * @property {number} head
 * @property {string} role
 * @property {[name: string, words: string][]} roles
 * @property {number} share how much of the text is searched
 * @property {[tokens: string[], at: number, keys: number[], weight: number][]} places
 * @property {string} found why there is nothing, or nothing
 * @property {string} sentence
 */

/** @extends {Card<Payload>} */
export default class Habits extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Where a head does it most", "run");
    this.place = el("select", { "aria-label": "Layer and head" });
    this.role = el("select", { "aria-label": "What it looks at" });
    this.place.onchange = () => {
      const [layer, head] = this.place.value.split(".").map(Number);
      move({ layer, head });
    };
    this.role.onchange = () => choose(this, { role: this.role.value });
    this.found = el("p", { class: "found" });
    this.searching = new Searching();
    this.list = el("ol", { class: "places", tabindex: 0, "aria-label": "The places where it looks there most" });
    const tools = el("div", { class: "row" }, this.place, "on", this.role);
    this.body.append(tools, this.found, this.searching.line, this.list);
  }

  update() {
    const { L, H, layer, head, role, roles, share, places, found, sentence } = this.data;
    this.say(sentence);
    this.blank(!L);
    const options = Array.from({ length: L * H }, (_, i) => [Math.floor(i / H), i % H]);
    this.place.replaceChildren(
      ...options.map(([l, h]) => el("option", { value: `${l}.${h}`, text: `layer ${l + 1}, head ${h + 1}` })),
    );
    this.place.value = `${layer}.${head}`;
    this.role.replaceChildren(...roles.map(([name, words]) => el("option", { value: name, text: words })));
    this.role.value = role;
    this.found.textContent = found;
    this.found.hidden = !found;
    this.searching.show(share);
    listPassages(
      this.list,
      places.map(([tokens, at, keys, weight]) => ({ tokens, at, others: keys, value: tenths(weight) })),
    );
    followShare(this, L ? share : 1);
  }
}
