// The branches of a tree of texts, one below another: where each leaves the others, and its numbers beside theirs.

import { depthAt, drawLane, numbers } from "./branches.js";
import { el, placeOf } from "./dom.js";

/** @typedef {import("../panels/tree.js").Payload} Tree */
/**
 * What may be wished.
 * @typedef {object} Wishes
 * @property {(branch: number, to: number) => void} show
 * @property {(branch: number, name: string) => void} name
 * @property {(branch: number) => void} remove
 */

const COLUMNS = {
  tokens: "tokens",
  "log p": "log p",
  bits: "bits each",
  perplexity: "perplexity",
  different: "distinct-4",
};
const TITLES = {
  bits: "bits a token",
  different: "share of its pieces of 4 tokens that are different",
  "log p": "the natural logarithm of its probability",
};
const NARROW = 560; // pixels of a card in which only some columns have room
const BESIDE = { narrow: 250, wide: 490 }; // pixels that all but the lanes take

export class BranchTable {
  /**
   * @param {ShadowRoot} root
   * @param {Wishes} wishes
   */
  constructor(root, wishes) {
    this.root = root;
    this.wishes = wishes;
    this.rows = el("tbody");
    const keys = ["", "lane", ...Object.keys(COLUMNS), ""];
    const names = ["branch", "", ...Object.values(COLUMNS), ""];
    const cells = names.map((text, i) => {
      const title = /** @type {Record<string, string>} */ (TITLES)[keys[i]];
      if (text !== "") return el("th", { text, scope: "col", class: keys[i].replace(" ", ""), title });
      return el("td", { class: keys[i] });
    });
    const head = el("thead", {}, el("tr", {}, ...cells));
    const table = el("table", { "aria-label": "The branches" }, head, this.rows);
    this.list = el("div", { class: "list", tabindex: 0, role: "group", "aria-label": "Branches" }, table);
  }

  /**
   * @param {Tree} data
   * @param {number} room pixels of the card
   */
  draw(data, room) {
    const { branches, now } = data;
    this.list.hidden = !branches.length;
    const focused = this.root.activeElement;
    if (focused?.tagName === "INPUT" && this.list.contains(focused)) return; // a name is being typed
    const width = Math.max(40, Math.min(NARROW, room - (room < NARROW ? BESIDE.narrow : BESIDE.wide)));
    this.rows.replaceChildren(...branches.map((_, i) => this.row(data, i, width)));
    this.rows.children[now]?.setAttribute("aria-current", "true");
  }

  /**
   * @param {Tree} data
   * @param {number} i
   * @param {number} width
   */
  row(data, i, width) {
    const row = data.branches[i];
    /** @type {Record<string, string>} */
    const told = numbers(row);
    const from = row.parent < 0 ? "the prompt" : `${data.branches[row.parent].name} after ${row.depth} tokens`;
    const lane = el("canvas", { role: "img", "aria-label": `${row.tokens} tokens, from ${from}` });
    lane.onclick = (event) => this.wishes.show(i, Math.min(row.tokens, depthAt(data, width, placeOf(event).x)));
    drawLane(lane, data, i, { width, root: this.root });
    const remove = () => this.wishes.remove(i);
    const gone = { type: "button", class: "soft", text: "×", "aria-label": `Remove ${row.name}`, onclick: remove };
    const cells = Object.keys(COLUMNS).map((key) => el("td", { class: key.replace(" ", ""), text: told[key] }));
    const name = el("th", { scope: "row" }, this.name(data, i));
    return el("tr", {}, name, el("td", { class: "lane" }, lane), ...cells, el("td", {}, el("button", gone)));
  }

  /**
   * The name of a branch: of the one that one is on, a field to change it.
   * @param {Tree} data
   * @param {number} i
   */
  name({ branches, now }, i) {
    const { name, tokens } = branches[i];
    if (i !== now) {
      const show = () => this.wishes.show(i, tokens);
      return el("button", { type: "button", class: "name", text: name, "aria-label": `Show ${name}`, onclick: show });
    }
    const field = el("input", { type: "text", class: "name", maxlength: 24, "aria-label": "Name of this branch" });
    field.value = name;
    field.onchange = () => {
      field.blur(); // the answer draws it anew
      this.wishes.name(i, field.value);
    };
    return field;
  }
}
