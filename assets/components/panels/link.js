// The address bar tells everything that one sees: this panel alone writes it, a moment after a change.
// "Copy link" takes it along; "Projector" makes everything larger for the back row.

import { el } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {Record<string, string>} link the parameters of the address
 * @property {boolean} present whether the address asked for large letters
 */

const PAUSE = 400; // milliseconds after the last change
const LARGE = "21px";

/** @extends {Panel<Payload>} */
export default class Link extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.copy = el("button", { type: "button", class: "soft", text: "Copy link", onclick: () => this.copyLink() });
    this.large = el("button", { type: "button", class: "soft", text: "Projector", onclick: () => this.toggle() });
    this.said = el("span", { class: "said", role: "status" });
    /** @type {boolean | null} */
    this.big = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    root.append(el("div", { class: "row end" }, this.said, this.large, this.copy));
  }

  update() {
    if (this.big === null) this.size(this.data.present);
    // Not put off by the next change: while a model writes, there is always a next one, and a reload would lose it all.
    this.timer ??= setTimeout(() => this.put(), PAUSE);
  }

  leave() {
    clearTimeout(this.timer);
    document.documentElement.style.fontSize = "";
    this.big = null;
  }

  address() {
    const url = new URL(location.href);
    url.search = "";
    for (const [name, value] of Object.entries(this.data.link)) url.searchParams.set(name, value);
    if (this.big) url.searchParams.set("present", "1");
    return url.href;
  }

  put() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.address() !== location.href) history.replaceState(history.state, "", this.address());
  }

  /** @param {boolean} big */
  size(big) {
    this.big = big;
    document.documentElement.style.fontSize = big ? LARGE : "";
    this.large.setAttribute("aria-pressed", String(big));
  }

  toggle() {
    this.size(!this.big);
    this.put();
    window.dispatchEvent(new Event("resize"));
  }

  async copyLink() {
    this.put();
    try {
      await navigator.clipboard.writeText(this.address());
      this.said.textContent = "Link copied";
    } catch {
      this.said.textContent = "Copy it from the address bar";
    }
    setTimeout(() => {
      this.said.textContent = "";
    }, 2_500);
  }
}
