// What every part writes onto the stream at the token one looks from: a row a part, and the way to one logit as a
// waterfall that ends at the model's own.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph } from "../shared/text.js";
import { TokenPick } from "../shared/tokenpick.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {[name: string, inner: boolean, length: number, cosine: number, effect: number][]} rows
 * @property {[name: string, effect: number][]} added
 * @property {number} logit
 * @property {string} remainder
 * @property {string} token whose logit
 * @property {[id: number, text: string, share: number][]} offered
 * @property {number} chosen its id
 * @property {string} number that is worked out
 * @property {string} note
 */
/** @typedef {{ from: number, to: number }} Step of the waterfall */

/**
 * The running sum before and after each effect.
 * @param {number[]} effects
 * @returns {Step[]}
 */
export function waterfall(effects) {
  let sum = 0;
  return effects.map((effect) => {
    const from = sum;
    sum += effect;
    return { from, to: sum };
  });
}

/**
 * A number with its sign, as it is printed.
 * @param {number} x
 */
export const signed = (x) => (x < 0 ? "−" : "+") + Math.abs(x).toFixed(3);

/** @extends {Card<Payload>} */
export default class Writes extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What each part writes", "run");
    this.pick = new TokenPick((logit) => this.send("choice", { logit }), "Whose logit");
    this.heads = el("button", { type: "button", class: "soft", onclick: () => this.unfold() });
    this.open = false;
    this.table = el("div", { class: "table", role: "table", "aria-label": "Parts of the stream" });
    this.note2 = el("p", { class: "how" });
    const whose = el("span", { text: "Logit of" });
    this.tools = el("div", { class: "row tools" }, whose, this.pick.offered, this.pick.typed, this.heads);
    this.body.append(this.tools, this.table, this.note2);
  }

  unfold() {
    this.open = !this.open;
    this.draw();
  }

  /** @param {string} number */
  choose(number) {
    this.send("choice", { worked: number });
  }

  draw() {
    const { sentence, rows, added, logit, remainder, token, offered, chosen, number, note } = this.data;
    this.say(sentence);
    this.tools.hidden = this.table.hidden = this.note2.hidden = !rows.length;
    if (!rows.length) return;
    this.note2.textContent = note;
    this.heads.textContent = this.open ? "Only sums" : "Every head";
    this.heads.setAttribute("aria-pressed", String(this.open));
    this.pick.show(offered, chosen);
    const shown = rows.map((row, i) => ({ row, i })).filter(({ row: [, inner] }) => this.open || !inner);
    // The bars of the waterfall: what is shown inside of a sum does not count twice.
    const [mean, ...others] = added;
    const outer = rows.map((row, i) => ({ row, i })).filter(({ row: [, inner] }) => !inner);
    const steps = waterfall([mean[1], ...outer.map(({ row }) => row[4]), ...others.map(([, effect]) => effect)]);
    const place = new Map(outer.map(({ i }, n) => [i, steps[n + 1]]));
    const low = Math.min(0, ...steps.map(({ to }) => to));
    const high = Math.max(1e-9, ...steps.map(({ to }) => to));
    const longest = Math.max(...rows.map(([, , length]) => length), 1e-9);
    const lines = [this.line([el("span", { text: mean[0] })], { step: steps[0], effect: mean[1] }, low, high, number)];
    let sum = steps[0].to;
    for (const { row, i } of shown) {
      const [name, inner, length, cosine, effect] = row;
      if (inner) {
        const step = { from: sum, to: sum + effect };
        sum = step.to;
        lines.push(this.part(name, true, { length, cosine, effect, step, i }, { low, high, longest, number }));
        continue;
      }
      const step = /** @type {Step} */ (place.get(i));
      sum = name.endsWith("attention") ? step.from : step.to;
      lines.push(this.part(name, false, { length, cosine, effect, step, i }, { low, high, longest, number }));
      sum = name.endsWith("attention") ? step.from : step.to;
    }
    others.forEach(([name, effect], n) => {
      const step = steps[steps.length - others.length + n];
      lines.push(this.line([el("span", { text: name })], { step, effect }, low, high, number));
    });
    const end = el("span", { text: `= the logit of “${glyph(token)}”; remainder ${remainder}` });
    lines.push(
      this.line([end], { step: { from: 0, to: logit }, effect: logit, key: "logit", whole: true }, low, high, number),
    );
    this.table.replaceChildren(headings(), ...lines);
  }

  /**
   * @param {string} name
   * @param {boolean} inner
   * @param {{ length: number, cosine: number, effect: number, step: Step, i: number }} what
   * @param {{ low: number, high: number, longest: number, number: string }} scale
   */
  part(name, inner, { length, cosine, effect, step, i }, { low, high, longest, number }) {
    const track = el("span", { class: "track" }, bar(0, length / longest, "long"));
    const side = cosine < 0 ? bar(0.5 + cosine / 2, -cosine / 2, "minus") : bar(0.5, cosine / 2, "plus");
    const cells = [
      el("span", { class: inner ? "inner" : "", text: name }),
      track,
      this.button(`length.${i}`, length.toFixed(3), number, `length of ${name}`),
      el("span", { class: "track middle" }, side),
      this.button(`cosine.${i}`, signed(cosine), number, `cosine of ${name}`),
    ];
    return this.line(cells, { step, effect, key: `effect.${i}`, name }, low, high, number);
  }

  /**
   * @param {HTMLElement[]} cells
   * @param {{ step: Step, effect: number, key?: string, name?: string, whole?: boolean }} what
   * @param {number} low
   * @param {number} high
   * @param {string} number
   */
  line(cells, { step, effect, key = "", name = "", whole = false }, low, high, number) {
    const at = (/** @type {number} */ x) => (x - low) / (high - low);
    const [left, right] = [Math.min(step.from, step.to), Math.max(step.from, step.to)];
    const kind = whole ? "whole" : effect < 0 ? "minus" : "plus";
    const zero = el("i", { class: "zero" });
    zero.style.left = 100 * at(0) + "%";
    const fall = el("span", { class: "track fall" }, zero, bar(at(left), at(right) - at(left), kind));
    const text = whole ? effect.toFixed(3) : signed(effect);
    const told = this.button(key, text, number, name ? `effect of ${name}` : "the logit");
    const parts = [...cells, fall, told].map((cell) => el("span", { role: "cell", class: "cell" }, cell));
    return el("div", { role: "row", class: cells.length === 1 ? "line short" : "line" }, ...parts);
  }

  /**
   * A number that can be worked out.
   * @param {string} key
   * @param {string} text
   * @param {string} number that is worked out now
   * @param {string} label
   */
  button(key, text, number, label) {
    const on = key === (number || "logit");
    const onclick = () => this.choose(key === "logit" ? "" : key);
    return el("button", {
      type: "button",
      class: on ? "num on" : "num",
      "data-key": key,
      text,
      "aria-label": `${label}: ${text}`,
      onclick,
    });
  }
}

/**
 * A bar in its track.
 * @param {number} from
 * @param {number} long
 * @param {string} kind
 */
function bar(from, long, kind) {
  const node = el("i", { class: "bar " + kind });
  node.style.left = 100 * from + "%";
  node.style.width = 100 * Math.max(0, long) + "%";
  return node;
}

/** What the columns are. */
function headings() {
  const names = ["part", "length", "cosine", "running sum to the logit, effect"];
  return el(
    "div",
    { role: "row", class: "line heading" },
    ...names.map((text) => el("span", { role: "columnheader", text })),
  );
}
