// A piece of the text that the trainer looked at last: the more a token surprised the model, the stronger its
// colour.

import { ink, mix, paint, rgb } from "../shared/colours.js";
import { css, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, thousands } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} step
 * @property {string} text empty: nothing was read yet
 * @property {string[]} tokens of this text
 * @property {(number | null)[]} loss nats of each token; null: not predicted
 */

const STRONGEST = 5; // nats that get the full colour

/**
 * The mean of what was predicted.
 * @param {(number | null)[]} loss
 * @param {number} [count] over so many characters; one a token if it is not told
 */
export function meanLoss(loss, count) {
  const known = loss.filter((nats) => nats !== null);
  return known.reduce((sum, nats) => sum + nats, 0) / Math.max(count ?? known.length, 1);
}

/** @extends {Card<Payload>} */
export default class Batch extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "What it is reading");
    this.text = el("p", { class: "mono text", tabindex: "0" });
    this.body.append(this.text);
  }

  update() {
    const { text, tokens = [...text], loss, step } = this.data;
    const count = [...text].length - [...(tokens[0] ?? "")].length; // the first token is not predicted
    const { back } = ink(this.root);
    const hot = rgb(css(this.root, "--st-orange-color"));
    this.say(
      text
        ? `Step ${thousands(step)}: ${meanLoss(loss, count).toFixed(2)} nats a character on this piece. ` +
            `Strong colour: a surprise (${STRONGEST} nats and more).`
        : "What it read is told at steps 0, 10, 20, 50, 100, … of its training.",
    );
    this.text.replaceChildren(
      ...tokens.map((token, i) => {
        const nats = loss[i];
        const title = nats === null ? "first: not predicted" : `${nats.toFixed(2)} nats`;
        const span = el("span", { text: token.replaceAll("\n", glyph("\n") + "\n"), title });
        span.style.background = paint(mix(back, hot, Math.min((nats ?? 0) / STRONGEST, 1) * 0.75));
        return span;
      }),
    );
  }
}
