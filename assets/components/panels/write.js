// Write: one token, or many one after another. The browser asks for a few at a time (shared/pace.js), so that Stop is
// instant, every picture follows, and nothing long ever runs in the server. Typing stops the writing.

import { bus } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { Pace } from "../shared/pace.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, spoken } from "../shared/text.js";

/**
 * @typedef {object} Payload
 * @property {number} n the number of the last request that Python answered
 * @property {number} run how many tokens "Run" writes
 * @property {number} room how many more there is room for
 * @property {boolean} ready whether there is something to continue
 * @property {string} reading a sentence about the text so far
 * @property {[token: string, p: number][]} written
 */
/** @typedef {{ what: "token", count: number } | { what: "pick", id: number } | { what: "back", to: number }} Request
 * so many more tokens; one more, of one's choice; or back to so many */
/** @typedef {Request & { n: number }} Ask what Python is told as `ask` */

/** @extends {Card<Payload>} */
export default class Write extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Write", "line");
    const button = (/** @type {string} */ kind, /** @type {string} */ text, /** @type {() => void} */ onclick) =>
      el("button", { type: "button", class: kind, text, onclick });
    this.one = button("main", "Next token", () => this.start(1));
    this.many = button("soft many", "", () => this.start(this.data.run));
    this.stop = button("soft", "Stop", () => this.halt());
    const label = "What the model wrote: choose a token to go back to it";
    this.text = el("div", { class: "written mono", role: "group", "aria-label": label });
    this.top.replaceChildren(this.title, this.one, this.many, this.stop);
    this.body.append(this.text, this.note);
    this.pace = new Pace();
    this.left = 0; // tokens still wanted
    this.before = 0; // tokens that were written when more were asked for
    /** @type {number | null} */
    this.asked = null;
    /** @type {number | null} */
    this.answered = null;
    /** @type {string | null} */
    this.key = null;
    /** @type {{ kept: number, V: number } | null} */
    this.choices = null;
  }

  hears() {
    return {
      typing: () => this.halt(),
      halt: () => this.halt(),
      choices: (/** @type {{ kept: number, V: number }} */ choices) => {
        this.choices = choices;
        this.draw();
      },
    };
  }

  leave() {
    bus.write = null;
  }

  /**
   * A token of one's own choice.
   * @param {number} id
   */
  pick(id) {
    this.left = 0;
    if (this.data.room) this.ask({ what: "pick", id });
  }

  update() {
    bus.write = (id) => this.pick(id);
    const { n, run, room, written } = this.data;
    this.asked ??= n;
    this.many.textContent = `Run ${run}`;
    const key = JSON.stringify(written.map(([text]) => text));
    if (this.key !== key) {
      this.key = key;
      this.showWritten();
    }
    this.text.hidden = !written.length;
    // Python answered the newest request: ask for the next tokens, if more are wanted.
    if (this.answered !== n) {
      this.answered = n;
      if (n === this.asked && this.left > 0) {
        this.pace.came();
        const came = written.length - this.before;
        this.left = came > 0 ? Math.max(0, Math.min(this.left - came, room)) : 0;
        this.more();
      }
    }
    this.card.dataset.written = String(written.length);
  }

  draw() {
    const { ready, room, written, reading } = this.data;
    this.one.disabled = this.many.disabled = !ready || this.left > 0;
    this.stop.disabled = this.left === 0;
    const { kept, V } = this.choices ?? { kept: 0, V: 0 };
    if (!ready) this.say("The model continues your text; it needs at least one character.");
    else if (!room) this.say("The page is full: go back to a token, or change the prompt.");
    else {
      const from = kept === V ? `all ${V}` : `${kept} of ${V}`;
      this.say(`It continues your text, drawing from ${from}. ${reading}`);
    }
    const able = ready && room > 0;
    this.note.hidden = able && (written.length > 0 || !this.choices);
    this.body.classList.toggle("able", able);
    // A sentence that scrolls must be within reach of the keyboard; written tokens are buttons and are.
    if (this.body.scrollHeight > this.body.clientHeight && !written.length) this.body.tabIndex = 0;
    else this.body.removeAttribute("tabindex");
  }

  showWritten() {
    const buttons = this.data.written.map(([text, p], i) => {
      const button = el("button", {
        type: "button",
        text: glyph(text),
        title: `${percent(p)}; go back to here`,
        "aria-label": `${spoken(text)}, ${percent(p)}, go back to here`,
        onclick: () => {
          this.left = 0;
          this.ask({ what: "back", to: i + 1 });
        },
      });
      button.style.opacity = String(0.62 + 0.38 * Math.min(1, p * 1.4)); // faint: an unlikely pick
      return text.includes("\n") ? [button, el("br")] : [button];
    });
    this.text.replaceChildren(...buttons.flat());
    this.body.scrollTop = this.body.scrollHeight;
  }

  /** @param {Request} request */
  ask(request) {
    this.asked = (this.asked ?? 0) + 1;
    this.send("ask", { n: this.asked, ...request });
  }

  /** @param {number} count */
  start(count) {
    const idle = this.left === 0;
    this.left = Math.min(count, this.data.room);
    if (idle) this.more();
    this.draw();
  }

  more() {
    if (!this.left) return;
    this.before = this.data.written.length;
    this.ask({ what: "token", count: this.pace.ask(this.left) });
  }

  halt() {
    this.left = 0;
    this.draw();
  }
}
