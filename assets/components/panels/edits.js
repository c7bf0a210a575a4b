// A stack of edits of what flows through the model: each a line in words, to be switched, ordered, scaled and removed;
// and a form that adds one. The stack lives in the link; this panel tells another one in the link's own words.

import { bus, looking } from "../shared/bus.js";
import { choose } from "../shared/choosing.js";
import { el } from "../shared/dom.js";
import { fieldsOf, KINDS, lineOf, needsOther } from "../shared/editfields.js";
import { History } from "../shared/edithistory.js";
import { inputOf } from "../shared/editinput.js";
import { Rows } from "../shared/editrows.js";
import { reordered, stackWords, withAmount } from "../shared/editwords.js";
import { Card } from "../shared/panel.js";

/** @typedef {import("../shared/editfields.js").Values} Values */
/** @typedef {import("../shared/editfields.js").Field} Field */
/** @typedef {import("../shared/edithistory.js").Told} Told */
/**
 * @typedef {object} Line
 * @property {string} words of the link, as if it were switched on
 * @property {boolean} on
 * @property {string} said what it does
 * @property {number | null} amount that a slider moves
 * @property {number} least of the slider
 * @property {number} most
 * @property {string} problem why it cannot be made here
 */
/**
 * @typedef {object} Payload
 * @property {string} sentence what the stack does to the prediction
 * @property {Line[]} lines
 * @property {number} room how many lines a stack can hold
 * @property {string[]} tokens that the model reads (T,)
 * @property {number} L layers
 * @property {number} H heads a layer
 * @property {number} N neurons of an MLP
 * @property {boolean} causal
 * @property {Record<string, string>} cannot why a kind of edit cannot be made in this model
 * @property {[word: string, text: string, per: string][]} sites that can be scaled or patched; per "head" or "vector"
 * @property {[word: string, text: string][]} parts that can be off
 * @property {[id: number, text: string][]} vocabulary from which a direction can be taken
 * @property {string} other the other prompt
 * @property {string} said of the other prompt
 * @property {boolean} wanted whether a line needs the other prompt
 * @property {number} limit characters of it
 * @property {[title: string, edits: string, other: string][]} stacks that are ready to be taken
 */

const PAUSE = 150; // milliseconds after a key in the other prompt, or a move of a slider

/** @extends {Card<Payload>} */
export default class Edits extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Edits", "run");
    this.rows = new Rows({
      turn: (i, on) => this.change(this.lines.map((line, n) => (n === i ? { ...line, on } : line))),
      move: (i, to) => this.change(reordered(this.lines, i, to)),
      scale: (i, amount) => this.scale(i, amount),
      settle: () => (this.undone = -1),
      remove: (i) => this.change(this.lines.filter((_, n) => n !== i)),
    });
    this.none = el("p", { class: "none" });
    this.undo = el("button", { type: "button", class: "soft", text: "Undo", onclick: () => this.back() });
    this.clear = el("button", { type: "button", class: "soft", text: "Remove all", onclick: () => this.change([]) });
    this.ready = el("select", { "aria-label": "Take a stack that is ready", onchange: () => this.take() });
    this.tools = el("div", { class: "row" }, this.undo, this.clear, this.ready);
    this.kind = el("select", { "aria-label": "Kind of edit", onchange: () => this.form() });
    this.fields = el("div", { class: "fields" });
    this.add = el("button", { type: "button", class: "soft add", text: "Add", onclick: () => this.append() });
    this.refusal = el("p", { class: "problem", role: "status" });
    this.text = el("textarea", { rows: 2, spellcheck: "false", oninput: () => this.typed() });
    this.text.onchange = () => this.tellOther();
    this.text.onblur = () => (this.asked = false);
    this.about = el("p", { class: "about", role: "status" });
    this.other = el("label", { class: "other" }, el("span", { text: "The other prompt" }), this.text);
    this.adding = el(
      "div",
      { class: "adding", role: "group", "aria-label": "Add an edit" },
      el("div", { class: "row head" }, el("span", { class: "name", text: "Add an edit" }), this.kind, this.add),
      this.fields,
      this.refusal,
      this.other,
      this.about,
    );
    const having = el("div", { class: "having" }, this.rows.list, this.none, this.tools);
    this.body.append(having, this.adding);
    this.body.classList.add("halves");
    /** What is shown: ahead of Python while it thinks. @type {Line[]} */
    this.lines = [];
    this.history = new History();
    this.asked = false; // whether the other prompt is being changed
    /** @type {Field[]} what the form shows */
    this.told = [];
    this.undone = -1; // the line whose slider is moved: its way is one change
    /** @type {Values} */
    this.values = {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.stamp = "";
  }

  leave() {
    clearTimeout(this.timer);
  }

  update() {
    const { sentence, lines, room, L, parts, stacks, other, said, limit } = this.data;
    this.say(sentence);
    const nothing = !L && !parts.length; // but what a link brought can be removed
    this.adding.hidden = nothing;
    this.body.hidden = nothing && !lines.length;
    this.history.follow(this.now());
    this.lines = lines;
    this.rows.show(lines);
    const [few, full] = [!lines.length, lines.length >= room];
    this.none.textContent = few ? "No edits yet: the model does what it learned. Add one, or take a stack." : "";
    this.none.hidden = !few;
    this.undo.disabled = this.history.empty;
    this.clear.disabled = few;
    this.add.disabled = full;
    this.add.title = full ? `A stack holds at most ${room} edits: remove one first.` : "";
    this.ready.hidden = !stacks.length;
    this.text.maxLength = limit;
    if (this.root.activeElement !== this.text) this.text.value = other;
    this.about.textContent = said;
    this.card.dataset.lines = String(lines.length);
    this.card.dataset.rows = String(this.data.tokens.length);
    const { tokens, H, N, causal, cannot, vocabulary } = this.data;
    const stamp = JSON.stringify([tokens, L, H, N, causal, cannot, vocabulary.length, stacks]);
    if (stamp === this.stamp) return this.hideOther();
    this.stamp = stamp;
    this.offer();
  }

  /** What this model can be edited in: an open list stays open as long as nothing else is offered. */
  offer() {
    const { tokens, stacks } = this.data;
    const titles = ["Take a stack that is ready …", ...stacks.map(([title]) => title)];
    this.ready.replaceChildren(...titles.map((text, i) => el("option", { value: i ? i - 1 : "", text })));
    if (!this.kind.options.length) {
      this.kind.append(...Object.entries(KINDS).map(([value, text]) => el("option", { value, text })));
      const { layer, head } = bus.view;
      const at = String(tokens.length ? looking(tokens.length) + 1 : 1);
      Object.assign(this.values, { layer: String(layer + 1), head: String(head + 1), token: at, query: at });
      Object.assign(this.values, { mode: "zero", of: "token", site: "attn_out", "of-layer": "1" });
    }
    this.form();
  }

  /** The fields of the chosen kind. */
  form() {
    const kind = this.kind.value;
    const problem = this.data.cannot[kind] ?? "";
    const fields = (this.told = problem ? [] : fieldsOf(kind, this.values, this.data));
    const held = /** @type {HTMLElement | null} */ (this.root.activeElement)?.dataset.field;
    this.fields.replaceChildren(...fields.map((one) => this.field(one)));
    if (held) /** @type {HTMLElement | null} */ (this.fields.querySelector(`[data-field=${held}]`))?.focus();
    this.refusal.textContent = problem;
    this.hideOther();
  }

  hideOther() {
    const shown = this.data.wanted || (this.told.length > 0 && needsOther(this.kind.value, this.values));
    this.other.hidden = this.about.hidden = !shown;
  }

  /** @param {Field} field */
  field(field) {
    const { name } = field;
    return inputOf(field, this.values[name], {
      chosen: (word) => {
        this.values[name] = word;
        this.form();
      },
      typed: (word) => {
        this.values[name] = word;
        this.told = fieldsOf(this.kind.value, this.values, this.data);
        return this.told.find((one) => one.name === name)?.problem ?? "";
      },
      enter: () => this.append(),
    });
  }

  /** The line that the form tells, at the end of the stack. */
  append() {
    const kind = this.kind.value;
    const fields = this.told;
    const wrong = fields.find(({ problem }) => problem);
    if (this.data.cannot[kind] || wrong) {
      const at = wrong && this.fields.querySelector(`[data-field="${wrong.name}"]`);
      /** @type {HTMLElement | null | undefined} */ (at)?.focus();
      return;
    }
    if (needsOther(kind, this.values) && !this.text.value.trim()) {
      this.refusal.textContent = "Type the other prompt first: it is taken from there.";
      this.text.focus();
      return;
    }
    this.refusal.textContent = "";
    const words = lineOf(kind, this.values, fields);
    this.change([...this.lines, { words, on: true, said: words, amount: null, least: 0, most: 1, problem: "" }]);
  }

  /**
   * Another stack.
   * @param {Line[]} lines
   * @param {string} [other]
   */
  change(lines, other = this.data.other) {
    this.history.remember(this.now());
    this.undone = -1;
    this.lines = lines;
    this.rows.show(lines);
    this.tell({ edits: stackWords(lines), other });
  }

  /** What Python knows. @returns {Told} */
  now() {
    return { edits: stackWords(this.data.lines), other: this.data.other };
  }

  /** @param {Told} told */
  tell({ edits, other }) {
    clearTimeout(this.timer);
    this.history.expected = edits;
    this.undo.disabled = this.history.empty;
    choose(this, other === this.data.other ? { edits } : { edits, other });
  }

  back() {
    const last = this.history.back();
    this.undone = -1;
    if (last) this.tell(last);
  }

  /**
   * A slider moves: what follows it comes a moment later, and all of its way is one change.
   * @param {number} i
   * @param {number} amount
   */
  scale(i, amount) {
    if (this.undone !== i) this.history.remember(this.now());
    this.undone = i;
    const lines = this.lines.map((line, n) =>
      n === i ? { ...line, amount, words: withAmount(line.words, amount) } : line,
    );
    this.lines = lines;
    this.rows.rows[i].value.textContent = String(amount);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell({ edits: stackWords(lines), other: this.data.other }), PAUSE);
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tellOther(), PAUSE);
  }

  tellOther() {
    clearTimeout(this.timer);
    const other = this.text.value;
    if (other === this.data.other) return;
    if (!this.asked) this.history.remember(this.now());
    this.asked = true;
    this.undo.disabled = false;
    choose(this, { other });
  }

  take() {
    const chosen = this.data.stacks[Number(this.ready.value)];
    if (!this.ready.value || !chosen) return;
    const [, edits, other] = chosen;
    this.ready.value = "";
    this.history.remember(this.now());
    this.tell({ edits, other: other || this.data.other });
  }
}
