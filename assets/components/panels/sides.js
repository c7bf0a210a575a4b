// A and B of a comparison: what A is, what B may be, and where they differ most. A is chosen as on every page; B here.

import { el, focused } from "../shared/dom.js";
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
const USED = 1_500; // in which what Python says of the text may be older than what stands in the box

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
      onchange: () => this.choose({ off2: this.edits.value }),
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
    });
    this.ways = el("div", { class: "row", role: "group", "aria-label": "Quick choices of B" });
    const same = el("label", {}, this.same, " A’s prompt");
    const b = el("span", { class: "what row" }, this.model, this.step, this.edits, same);
    this.body.append(
      this.found,
      el("div", { class: "sides" }, el("b", { text: "A" }), this.a, el("b", { text: "B" }), b, this.box),
      el("div", { class: "row" }, swap, this.ways),
    );
    this.swaps = 0;
    this.last = 0; // when a key was pressed in the box
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
    fill(this.model, models);
    this.model.value = model;
    fill(
      this.step,
      steps.map((one) => [String(one), `step ${thousands(one)}`]),
    );
    this.step.value = String(step);
    this.edits.hidden = edits === null;
    this.edits.value = edits === false ? "1" : "";
    this.same.checked = !own;
    this.box.maxLength = limit;
    const typing = focused() === this.box && performance.now() - this.last < USED;
    if (!typing && this.box.value !== text) this.box.value = text;
    const open = this.ways.contains(focused()) ? /** @type {HTMLElement} */ (focused()).textContent : null;
    this.ways.hidden = !quick.length;
    this.ways.replaceChildren(
      el("span", { text: "Quick:" }),
      ...quick.map(([name, words]) =>
        el("button", { type: "button", class: "soft", text: name, onclick: () => this.choose(words) }),
      ),
    );
    for (const way of this.ways.querySelectorAll("button")) if (way.textContent === open) way.focus();
    this.card.dataset.rows = String(T);
  }

  /** @param {Record<string, string>} words of the link */
  choose(words) {
    clearTimeout(this.timer);
    this.last = 0;
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
    this.last = performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell({ prompt2: "", other: this.box.value }), PAUSE);
  }

  swap() {
    clearTimeout(this.timer);
    this.last = 0;
    this.swaps += 1;
    this.send("swap", { n: this.swaps });
  }
}

/**
 * @param {string} value
 * @param {string} text
 */
const option = (value, text) => el("option", { value, text });

/**
 * A list with these options, left alone where it has them already.
 * @param {HTMLSelectElement} list
 * @param {[value: string, text: string][]} wanted
 */
function fill(list, wanted) {
  const known = [...list.options].map(({ value, text }) => value + "\n" + text);
  const same = known.length === wanted.length && wanted.every(([value, text], i) => known[i] === value + "\n" + text);
  if (!same) list.replaceChildren(...wanted.map(([value, text]) => option(value, text)));
}
