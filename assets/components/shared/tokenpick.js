// Whose prediction one asks for: the likeliest tokens by a click, any other by typing it.

import { el } from "./dom.js";
import { glyph, percent, spoken } from "./text.js";

/** @typedef {[id: number, text: string, share: number][]} Offered */

export class TokenPick {
  /**
   * @param {(word: string) => void} choose tells the token, by its id or, behind "~", as it was typed
   * @param {string} label
   */
  constructor(choose, label) {
    this.choose = choose;
    this.offered = el("div", { class: "row", role: "group", "aria-label": label });
    this.typed = el("input", {
      type: "text",
      class: "typed",
      placeholder: "or type one",
      "aria-label": "Another token: type it and press Enter",
      maxlength: 40,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Enter" && this.typed.value) this.choose("~" + this.typed.value);
      },
    });
  }

  /**
   * @param {Offered} offered
   * @param {number} chosen
   */
  show(offered, chosen) {
    this.offered.replaceChildren(
      ...offered.map(([id, text, share]) =>
        el("button", {
          type: "button",
          class: "soft mono",
          text: `${glyph(text)} ${percent(share)}`,
          "aria-label": `${spoken(text)}, ${percent(share)}`,
          "aria-pressed": String(id === chosen),
          onclick: () => this.choose(String(id)),
        }),
      ),
    );
  }
}
