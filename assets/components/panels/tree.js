// A text as a tree: written step by step or on and on; a token can be another; every way that was written stays.

import { asJson, asRows, asText, both, inWords, pathOf, strength } from "../shared/branches.js";
import { BranchTable } from "../shared/branchtable.js";
import { el, roomIn } from "../shared/dom.js";
import { save, saveCsv } from "../shared/files.js";
import { Pace } from "../shared/pace.js";
import { Card } from "../shared/panel.js";
import { percent } from "../shared/text.js";

/** @typedef {{ name: string, parent: number, depth: number, tokens: number, nats: number }} Place */
/** @typedef {Place & { distinct: number | null, repeat: number }} Row */
/**
 * @typedef {object} Payload
 * @property {number} n the number of the newest wish that Python heard
 * @property {number} N
 * @property {number} T
 * @property {number} run how many tokens "Run" writes
 * @property {number} searched how many greedy and beam search write
 * @property {number} room how many more may be written
 * @property {boolean} ready whether there is something to continue
 * @property {string} said a sentence
 * @property {string} shade what colours the tokens
 * @property {number} width of the beam
 * @property {number} now the branch that one is on; -1: none
 * @property {number} depth how many of its tokens are written; those behind are ahead
 * @property {number | null} at the place that is looked at, from 0
 * @property {[token: string, id: number, share: number][]} best what could stand there
 * @property {boolean} elsewhere whether the tree stands on another prompt
 * @property {string} full how much room the tree takes
 * @property {Row[]} branches
 * @property {string[]} words the different tokens
 * @property {number[]} ids theirs
 * @property {string[]} tokens the prompt's
 * @property {Uint16Array} word which of them each token is
 * @property {Float32Array} nats
 * @property {Uint16Array} ranks
 */

const SHADES = ["probability", "rank", "surprise"];

/** @extends {Card<Payload>} */
export default class Tree extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "A text as a tree");
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, kind = "soft") =>
      el("button", { type: "button", class: kind, text, onclick });
    const select = (/** @type {string} */ name, /** @type {(string | number)[]} */ words) =>
      el("select", { "aria-label": name }, ...words.map((word) => el("option", { text: word, value: word })));
    this.one = button("Next token", () => this.start(1), "main");
    this.many = button("Run", () => this.start(this.data.run));
    this.stop = button("Stop", () => this.halt());
    this.back = button("Back one", () => this.goTo(this.data.depth - 1));
    this.home = button("Back to its prompt", () => this.ask({ what: "return" }));
    this.greedy = button("Greedy", () => this.ask({ what: "greedy" }));
    this.beam = button("Beam", () => this.ask({ what: "beam", width: +this.wide.value }));
    this.wide = select("Width of the beam", [1, 2, 3, 4, 5, 6, 7, 8]);
    this.wide.onchange = () => this.send("choice", { beam: this.wide.value });
    this.shade = select("What colours the tokens", SHADES);
    this.shade.onchange = () => this.send("choice", { shade: this.shade.value });
    const beam = el("span", { class: "pair" }, this.beam, this.wide);
    const shade = el("label", { class: "pair" }, el("span", { text: "coloured by" }), this.shade);
    const row = [this.one, this.many, this.stop, this.back, this.greedy, beam, this.home, shade];
    this.tools = el("div", { class: "tools" }, ...row);
    const label = "The text of this branch: arrow keys move along it and between branches, Enter looks at a place";
    this.text = el("div", { class: "text mono", role: "group", "aria-label": label });
    this.text.onkeydown = (event) => this.key(event);
    this.text.addEventListener("focusin", (event) => {
      this.focus = +(/** @type {HTMLElement} */ (event.target).dataset.i ?? 0);
    });
    this.place = el("p", { class: "place", role: "status" });
    this.rewind = button("Go on from before it", () => this.goTo(this.data.at ?? 0));
    this.best = el("ol", { class: "best", "aria-label": "What could stand there", tabindex: 0 });
    const side = el("div", { class: "side" }, this.place, this.rewind, this.best);
    this.table = new BranchTable(root, {
      show: (branch, to) => this.goTo(to, branch),
      name: (branch, name) => this.ask({ what: "name", branch, name }),
      remove: (branch) => this.ask({ what: "remove", branch }),
    });
    this.full = el("span", { class: "readout" });
    this.files = [
      button("Text", () => save(new Blob([asText(this.data, this.data.now)]), "branch.txt")),
      button("CSV", () => saveCsv(asRows(this.data), "tree.csv")),
      button("JSON", () => save(new Blob([asJson(this.data)], { type: "application/json" }), "tree.json")),
    ];
    this.foot = el("div", { class: "foot" }, this.full, ...this.files);
    this.body.append(this.tools, el("div", { class: "two" }, this.text, side), this.table.list, this.foot);
    this.pace = new Pace();
    this.left = 0; // tokens still wanted
    this.before = 0; // tokens that were written when more were asked for
    this.focus = 0;
    this.asked = 0;
    this.heard = -1;
  }

  hears() {
    return { typing: () => this.halt(), halt: () => this.halt() };
  }

  frame() {
    return this.body;
  }

  update() {
    const { n, room, run, searched, width, shade, depth } = this.data;
    this.asked = Math.max(this.asked, n);
    this.many.textContent = `Run ${run}`;
    this.greedy.textContent = `Greedy ${searched}`;
    this.beam.textContent = `Beam ${searched} of width`;
    if (this.root.activeElement !== this.wide) this.wide.value = String(width);
    if (this.root.activeElement !== this.shade) this.shade.value = shade;
    if (this.heard !== n) {
      this.heard = n;
      if (n === this.asked && this.left > 0) {
        this.pace.came();
        const came = depth - this.before;
        this.left = came > 0 ? Math.max(0, Math.min(this.left - came, room)) : 0;
        this.more();
      }
    }
    this.showText();
    this.showPlace();
  }

  /** Ask for the next tokens of a run, if more are wanted. */
  more() {
    if (!this.left) return;
    this.before = this.data.depth;
    this.ask({ what: "more", count: this.pace.ask(this.left) });
  }

  draw() {
    const { ready, room, said, branches, depth, full } = this.data;
    const busy = this.left > 0;
    this.one.disabled = this.many.disabled = !ready || busy || !room;
    this.greedy.disabled = this.beam.disabled = !ready || busy || !room;
    this.stop.disabled = !busy;
    this.back.disabled = !depth;
    for (const file of this.files) file.disabled = !branches.length;
    const empty = "Nothing is written yet: the model goes on from the prompt, and every way that you try stays here.";
    if (!ready) this.say("Type at least one character that the model knows: then it can go on.");
    else this.say(said || (branches.length ? "Choose a token to see what else could have stood there." : empty));
    this.home.hidden = !this.data.elsewhere;
    this.full.textContent = full;
    this.card.dataset.branches = String(branches.length);
    this.card.dataset.depth = String(depth);
    this.card.dataset.heard = String(this.data.n);
    this.table.draw(this.data, roomIn(this.body));
  }

  showText() {
    const { words, word, nats, ranks, now, depth, at, shade } = this.data;
    const focused = this.text.contains(this.root.activeElement);
    const path = pathOf(this.data, now);
    this.focus = Math.min(this.focus, Math.max(0, path.length - 1));
    const buttons = path.map((place, i) => {
      const token = words[word[place]];
      const { text, said } = both(token);
      const told = inWords(nats[place], ranks[place]);
      const button = el("button", {
        type: "button",
        text,
        class: i < depth ? "" : "ahead",
        title: told,
        "data-i": i,
        tabindex: i === this.focus ? 0 : -1,
        "aria-pressed": String(i === at),
        "aria-label": `${said}, ${told}${i < depth ? "" : ", ahead"}`,
        onclick: () => this.ask({ what: "look", at: i === this.data.at ? -1 : i }),
      });
      const strong = strength(/** @type {import("../shared/branches.js").Shade} */ (shade), nats[place], ranks[place]);
      button.style.setProperty("--strong", Math.round(strong * 45) + "%");
      return token.includes("\n") ? [button, el("br")] : [button];
    });
    this.text.replaceChildren(...buttons.flat());
    if (focused) this.focusOn(this.focus);
    else if (at === null) this.text.scrollTop = this.text.scrollHeight;
  }

  showPlace() {
    const { at, best, now, word, words, nats, ranks } = this.data;
    this.rewind.hidden = at === null;
    this.best.hidden = at === null;
    if (at === null) {
      this.place.textContent = "What could stand at a place: choose a token of the text.";
      return;
    }
    const path = pathOf(this.data, now);
    const here = at < path.length ? words[word[path[at]]] : null;
    const numbers = at < path.length ? inWords(nats[path[at]], ranks[path[at]]) : "";
    const came = here === null ? "" : ` stands “${both(here).text}”: ${numbers}.`;
    this.place.textContent = `At ${at + 1}${came || ":"} The ${best.length} likeliest; choose one to branch.`;
    this.best.replaceChildren(
      ...best.map(([token, id, share]) => {
        const { text, said } = both(token);
        const bar = el("span", { class: "bar" });
        bar.style.width = share * 100 + "%";
        const button = el(
          "button",
          {
            type: "button",
            "aria-label": `${said}, ${percent(share)}${token === here ? ", stands there" : ", force it"}`,
            "aria-pressed": String(token === here),
            onclick: () => this.ask({ what: "force", at, id }),
          },
          el("span", { class: "mono", text }),
          el("span", { class: "track" }, bar),
          el("span", { class: "share", text: percent(share) }),
        );
        return el("li", {}, button);
      }),
    );
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { branches, now } = this.data;
    const [last, i] = [(branches[now]?.tokens ?? 1) - 1, this.focus];
    /** @type {Record<string, number>} */
    const along = { ArrowLeft: i - 1, ArrowRight: i + 1, Home: 0, End: last };
    const other = event.key === "ArrowUp" ? now - 1 : event.key === "ArrowDown" ? now + 1 : -1;
    if (event.key in along) this.focusOn(Math.max(0, Math.min(last, along[event.key])));
    else if (event.key === "Escape") this.ask({ what: "look", at: -1 });
    else if (other >= 0 && other < branches.length) this.ask({ what: "show", branch: other });
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  /** @param {number} i */
  focusOn(i) {
    const tokens = /** @type {NodeListOf<HTMLElement>} */ (this.text.querySelectorAll("button"));
    if (tokens[this.focus]) tokens[this.focus].tabIndex = -1;
    this.focus = i;
    if (!tokens[i]) return;
    tokens[i].tabIndex = 0;
    tokens[i].focus();
  }

  /**
   * Stand after so many tokens of a branch.
   * @param {number} to
   * @param {number} [branch]
   */
  goTo(to, branch = this.data.now) {
    this.left = 0;
    this.ask({ what: "show", branch, to });
  }

  /** @param {Record<string, string | number>} wish */
  ask(wish) {
    if (wish.what !== "more") this.left = 0;
    this.asked += 1;
    this.send("grow", { n: this.asked, ...wish });
  }

  /** @param {number} count */
  start(count) {
    this.left = Math.min(count, this.data.room);
    this.more();
    this.draw();
  }

  halt() {
    this.left = 0;
    this.draw();
  }
}
