// The prompt editor. The browser owns the text while someone types: what Python sends is taken only when its `rev`
// has changed and no key is on its way, so a slow server can neither lose nor reorder a character.

import { tell } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {string} text
 * @property {number} rev another one: Python chose the text
 * @property {number} ack the number of the last commit that Python heard
 * @property {string} note
 * @property {boolean} warn whether the note is a warning
 * @property {string[]} examples
 * @property {number} limit characters
 */
/** @typedef {{ text: string, n: number, at: number }} Typed what Python is told as `typed` */

const PATIENCE = 1_000; // milliseconds for which an answer is waited for before later keys are told

/** @extends {Card<Payload>} */
export default class Prompt extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Prompt", "line");
    this.box = el("textarea", {
      class: "mono",
      rows: 2,
      spellcheck: "false",
      autocomplete: "off",
      autocapitalize: "off",
      "aria-label": "Prompt: the text that the model reads",
      placeholder: "Type here: everything below follows each key…",
      oninput: () => this.typed(),
    });
    this.chips = el("div", { class: "chips", role: "group", "aria-label": "Example prompts" });
    this.top.append(this.chips);
    this.body.append(this.box);
    this.commits = 0; // texts that were told
    this.waits = false; // for the answer to the last one
    this.later = false; // keys were pressed meanwhile
    /** @type {number | null} */
    this.rev = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  update() {
    const { rev, ack, text, examples, limit, note, warn } = this.data;
    this.box.maxLength = limit;
    if (this.rev === null) this.commits = ack; // a new page of an old session counts on from there
    if (ack === this.commits) this.goOn();
    if (this.rev === null || (this.rev !== rev && ack === this.commits && !this.waits)) {
      this.rev = rev;
      this.take(text);
    }
    this.chips.replaceChildren(
      ...examples.map((example) =>
        el("button", {
          type: "button",
          text: glyph(example),
          title: example,
          "aria-label": "Use the example " + example,
          onclick: () => this.use(example),
        }),
      ),
    );
    this.say(note);
    this.note.title = note;
    this.note.classList.toggle("warn", warn);
    this.card.dataset.rev = String(rev);
    this.card.dataset.ack = String(ack);
  }

  leave() {
    clearTimeout(this.timer);
  }

  /** @param {string} text that Python chose */
  take(text) {
    const typing = this.root.activeElement === this.box;
    this.box.value = text;
    if (typing) this.box.setSelectionRange(text.length, text.length);
    this.box.scrollTop = this.box.scrollHeight;
  }

  /** @param {string} example */
  use(example) {
    this.box.value = example;
    this.typed();
    this.box.focus();
  }

  /** A key: it is told at once, or with all that follow it as soon as the last one is answered. */
  typed() {
    tell("typing", {});
    if (this.waits) this.later = true;
    else this.commit();
  }

  commit() {
    this.commits += 1;
    this.waits = true;
    this.later = false;
    // Not "value": Streamlit unwraps a state of that one name and drops its callback.
    this.send("typed", { text: this.box.value, n: this.commits, at: performance.now() });
    this.timer = setTimeout(() => this.goOn(), PATIENCE);
  }

  /** The last text was answered, or will not be. */
  goOn() {
    clearTimeout(this.timer);
    this.waits = false;
    if (this.later) this.commit();
  }
}
