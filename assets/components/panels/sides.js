// A and B of a comparison: what A is, what B may be, and where they differ most. A is chosen as on every page; B here.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} T aligned tokens
 * @property {string} a what A is, in words
 * @property {[id: string, label: string][]} models that B may be
 * @property {string} model B's
 * @property {number[]} steps that B's model has
 * @property {number} step
 * @property {string} text B's prompt
 * @property {boolean} own whether that is another than A's
 * @property {string} changed A's prompt with one character changed
 * @property {number} limit characters
 * @property {boolean | null} edits whether B has the edits; null: there are none
 * @property {[name: string, words: Record<string, string>][]} quick what B may be by one click
 * @property {number} swaps how often A and B have changed places
 * @property {string} found
 * @property {string} note
 */

const PAUSE = 150; // milliseconds without a key, after which Python is told

/** @extends {Card<Payload>} */
export default class Sides extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "A and B", "run");
    this.found = el("p", { class: "found", role: "status" });
    this.a = el("span", { class: "what" });
    const swap = el("button", { type: "button", class: "soft", text: "Swap A and B", onclick: () => this.swap() });
    this.model = el("select", {
      "aria-label": "Model of B",
      onchange: () => this.choose({ model2: this.model.value }),
    });
    this.step = el("select", { "aria-label": "Step of B", onchange: () => this.choose({ step2: this.step.value }) });
    this.edits = el("select", {
      "aria-label": "Edits of B",
      onchange: () => this.choose({ off2: this.edits.value, prompt2: this.same.checked ? "a" : "" }),
    });
    this.edits.append(
      ...[
        ["", "with the edits"],
        ["1", "without the edits"],
      ].map(([value, text]) => option(value, text)),
    );
    this.same = el("input", { type: "checkbox", onchange: () => this.choosePrompt() });
    this.box = el("textarea", {
      class: "mono",
      rows: 2,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": "B’s prompt",
      oninput: () => this.typed(),
      onblur: () => this.left(),
    });
    this.ways = el("div", { class: "row", role: "group", "aria-label": "Quick choices of B" });
    const same = el("label", {}, this.same, " A’s prompt");
    const b = el("span", { class: "what row" }, this.model, this.step, this.edits, same);
    this.body.append(
      this.found,
      el("div", { class: "sides" }, el("b", { text: "A" }), this.a, el("b", { text: "B" }), b, this.box),
      el("div", { class: "row" }, swap, this.ways),
    );
    /** @type {Map<HTMLElement, string>} what each list offers */
    this.offered = new Map();
    this.swaps = 0;
    /** @type {string | null} typed, and not heard by Python yet: what it says of the text is older */
    this.typing = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  leave() {
    clearTimeout(this.timer);
  }

  update() {
    const { T, a, models, model, steps, step, text, own, limit, edits, quick, swaps, found, note } = this.data;
    this.swaps = Math.max(this.swaps, swaps);
    this.say(note);
    this.found.textContent = found;
    this.a.textContent = a;
    this.offer(this.model, models, (all) => all.map(([value, label]) => option(value, label)));
    this.model.value = model;
    this.offer(this.step, steps, (all) => all.map((one) => option(String(one), `step ${thousands(one)}`)));
    this.step.value = String(step);
    this.edits.hidden = edits === null;
    this.edits.value = edits === false ? "1" : "";
    this.same.checked = !own;
    this.box.maxLength = limit;
    if (this.typing === text) this.typing = null;
    if (this.typing === null && this.box.value !== text) this.box.value = text;
    this.ways.hidden = !quick.length;
    this.offer(
      this.ways,
      quick.map(([name]) => name),
      (names) => [el("span", { text: "Quick:" }), ...names.map((name, i) => this.way(name, i))],
    );
    this.card.dataset.rows = String(T);
  }

  /**
   * What there is to choose from, left alone as long as it is the same: so it keeps the keyboard's focus.
   * @template One
   * @param {HTMLElement} list
   * @param {One[]} wanted
   * @param {(wanted: One[]) => HTMLElement[]} make
   */
  offer(list, wanted, make) {
    const stamp = JSON.stringify(wanted);
    if (this.offered.get(list) === stamp) return;
    this.offered.set(list, stamp);
    list.replaceChildren(...make(wanted));
  }

  /**
   * @param {string} name
   * @param {number} i
   */
  way(name, i) {
    const onclick = () => this.choose(this.data.quick[i][1]);
    return el("button", { type: "button", class: "soft", text: name, onclick });
  }

  /** @param {Record<string, string>} words of the link */
  choose(words) {
    clearTimeout(this.timer);
    this.typing = null;
    this.tell("model2" in words && !("step2" in words) ? { ...words, step2: "" } : words);
  }

  /** @param {Record<string, string>} words */
  tell(words) {
    this.send("choice", { ...words, told: Date.now() }); // the same choice again is heard again
  }

  choosePrompt() {
    this.choose(this.same.checked ? { prompt2: "a" } : { prompt2: "", other: this.data.changed });
  }

  typed() {
    this.typing = this.box.value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell({ prompt2: "", other: this.box.value }), PAUSE);
  }

  /** The box is left: what it holds is told at once, and what Python made of it stands there then. */
  left() {
    if (this.typing === null) return;
    clearTimeout(this.timer);
    this.tell({ prompt2: "", other: this.typing });
    this.typing = null;
  }

  swap() {
    clearTimeout(this.timer);
    this.typing = null;
    this.swaps += 1;
    this.send("swap", { n: this.swaps });
  }
}

/**
 * @param {string} value
 * @param {string} text
 */
const option = (value, text) => el("option", { value, text });
