// The vocabulary, a page of it at a time: id, token, kind, how often it stands in the text.

import { Again } from "../shared/again.js";
import { bar, el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";
import { glyph, percent, thousands } from "../shared/text.js";

/**
 * @typedef {[id: number, token: string, kind: string, count: number | null, rank: number | null,
 *   share: number | null]} Row
 */
/**
 * @typedef {object} Payload
 * @property {string} sentence
 * @property {Row[]} rows
 * @property {string[]} sorts
 * @property {string} sort
 * @property {number} page from 0
 * @property {number} pages
 * @property {number} found tokens that hold what is sought
 * @property {string} sought
 * @property {number | null} here the id of the token that one looks from
 * @property {number | null} busy how much of the text is counted; null: all of it, or there is no text
 */

const HEADS = ["id", "token", "kind", "count", "rank", "share"];

/** @extends {Card<Payload>} */
export default class Vocabulary extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Vocabulary", "run");
    this.again = new Again();
    const step = (/** @type {string} */ text, /** @type {string} */ label, /** @type {number} */ by) =>
      el("button", { type: "button", class: "soft", text, "aria-label": label, onclick: () => this.turn(by) });
    this.back = step("‹", "Page before", -1);
    this.on = step("›", "Next page", 1);
    this.place = el("span", { class: "place", role: "status" });
    this.find = el("input", {
      type: "search",
      placeholder: "find",
      "aria-label": "Find tokens that hold",
      maxlength: 20,
    });
    this.find.oninput = () => this.send("choice", { find: this.find.value, page: "1" });
    this.heads = HEADS.map((name) => this.head(name));
    const tools = el("div", { class: "row tools" }, this.find, this.back, this.place, this.on);
    this.rows = el("tbody");
    const head = el("thead", {}, el("tr", {}, ...this.heads.map(({ cell }) => cell)));
    this.body.append(tools, el("div", { class: "scroll" }, el("table", {}, head, this.rows)));
  }

  leave() {
    this.again.stop();
  }

  /** @param {string} name */
  head(name) {
    const sorts = name === "rank" || name === "share" ? "count" : name;
    const button = el("button", {
      type: "button",
      text: name,
      onclick: () => this.send("choice", { sort: sorts, page: "1" }),
    });
    return { name, cell: el("th", { scope: "col" }, button) };
  }

  /** @param {number} by */
  turn(by) {
    const { page, pages } = this.data;
    this.send("choice", { page: String(Math.max(1, Math.min(pages, page + 1 + by))) });
  }

  update() {
    const { sentence, rows, sort, page, pages, found, sought, here, busy } = this.data;
    this.say(busy === null ? sentence : `${sentence} ${percent(busy)}`);
    this.again.follow(busy, this.send);
    if (this.root.activeElement !== this.find) this.find.value = sought;
    this.back.disabled = page === 0;
    this.on.disabled = page + 1 >= pages;
    this.place.textContent = `page ${page + 1} of ${pages}, ${thousands(found)} tokens`;
    for (const { name, cell } of this.heads) {
      cell.setAttribute("aria-sort", name !== sort ? "none" : name === "count" ? "descending" : "ascending");
    }
    const most = Math.max(...rows.map(([, , , , , share]) => share ?? 0), 1e-9);
    this.rows.replaceChildren(
      ...rows.map(([id, token, kind, count, rank, share]) => {
        const length = el("td", { class: "length" }, el("span", { class: "track" }, bar((share ?? 0) / most)));
        length.prepend(el("span", { class: "share", text: share === null ? "–" : percent(share) }));
        return el(
          "tr",
          { class: id === here ? "here" : "" },
          el("td", { text: thousands(id) }),
          el("td", { class: "mono token", text: glyph(token) }),
          el("td", { text: kind }),
          el("td", { text: count === null ? "–" : thousands(count) }),
          el("td", { text: rank === null ? "–" : thousands(rank) }),
          length,
        );
      }),
    );
  }
}
