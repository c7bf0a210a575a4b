// How a text becomes batches: its two parts, windows drawn from the first, and what each position has to answer.

import { Again } from "../shared/again.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {[name: string, characters: number][]} parts of the text
 * @property {[place: number, tokens: string[], ids: number[]][]} windows where each begins (a share of the text), one
 * token more than the context
 * @property {number} block
 * @property {number[]} blocks to choose from
 * @property {number} draw the seed
 * @property {number | null} busy how much of the text is in tokens; null: all of it, or there is no text
 */

/** @extends {Card<Payload>} */
export default class Cuts extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "How a batch is cut", "run");
    this.again = new Again();
    this.shown = 0;
    this.text = el("div", { class: "text", role: "img" });
    this.block = el("select", { "aria-label": "Context in tokens" });
    this.block.onchange = () => this.send("choice", { block: this.block.value });
    const draw = (/** @type {string} */ text, /** @type {number} */ by) =>
      el("button", { type: "button", class: "soft", text, onclick: () => this.draws(by) });
    this.seed = el("span", { class: "seed" });
    const context = el("label", {}, "context ", this.block);
    this.tools = el("div", { class: "row tools" }, context, draw("‹ draw", -1), this.seed, draw("next draw ›", 1));
    this.windows = el("div", { class: "windows", role: "group", "aria-label": "Windows of this batch" });
    this.pairs = el("ol", { class: "pairs mono", tabindex: 0, "aria-label": "Inputs and targets of one window" });
    this.body.append(this.text, this.tools, this.windows, this.pairs);
  }

  leave() {
    this.again.stop();
  }

  /** @param {number} by */
  draws(by) {
    this.send("choice", { draw: String(Math.max(0, this.data.draw + by)) });
  }

  update() {
    const { sentence, busy, block, blocks, draw } = this.data;
    this.say(busy === null ? sentence : `${sentence} ${percent(busy)}`);
    this.again.follow(busy, this.send);
    this.block.replaceChildren(...blocks.map((size) => el("option", { value: size, text: size })));
    this.block.value = String(block);
    this.seed.textContent = `seed ${draw}`;
  }

  draw() {
    const { parts, windows } = this.data;
    const all = Math.max(
      parts.reduce((sum, [, characters]) => sum + characters, 0),
      1,
    );
    this.tools.hidden = !parts.length;
    this.text.setAttribute("aria-label", parts.map(([name, n]) => `${thousands(n)} characters ${name}`).join(", "));
    this.text.replaceChildren(
      ...parts.map(([name, characters], i) => {
        const part = el("span", { class: i ? "part judge" : "part", text: i ? "10 %" : `90 % ${name}`, title: name });
        part.style.width = (characters / all) * 100 + "%";
        return part;
      }),
      ...windows.map(([place], i) => {
        const mark = el("span", { class: "mark" + (i === this.chosen() ? " now" : "") });
        mark.style.left = place * 100 + "%";
        return mark;
      }),
    );
    this.windows.replaceChildren(
      ...windows.map(([, tokens], i) =>
        el("button", {
          type: "button",
          class: "soft mono",
          text: tokens.slice(0, -1).map(glyph).join(""),
          "aria-pressed": String(i === this.chosen()),
          onclick: () => {
            this.shown = i;
            this.draw();
          },
        }),
      ),
    );
    const [, tokens, ids] = windows[this.chosen()] ?? [0, [], []];
    this.pairs.replaceChildren(
      ...tokens.slice(1).map((target, t) =>
        el(
          "li",
          { title: `ids ${ids.slice(0, t + 1).join(" ")} → ${ids[t + 1]}` },
          el("span", { class: "words", text: "when the input is " }),
          el("span", {
            class: "input",
            text: tokens
              .slice(0, t + 1)
              .map(glyph)
              .join(""),
          }),
          el("span", { class: "words", text: " the target is " }),
          el("span", { class: "target", text: glyph(target) }),
        ),
      ),
    );
  }

  chosen() {
    return Math.min(this.shown, this.data.windows.length - 1);
  }
}
