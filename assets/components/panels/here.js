// You are here: the parts of the model in the order in which a token passes them. What the page is about is lit.

import { css, el } from "../shared/dom.js";
import { pageLink } from "../shared/pagelink.js";
import { Panel } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {[name: string, kind: string, path: string][]} stops path: of the page that is about it; "": there is none
 * @property {[from: number, to: number]} block the first of a block's parts, and the first behind them
 * @property {number} times how many blocks
 * @property {string} here the path of the page
 * @property {boolean} slim a sentence stands above it
 */

const MLP = 4; // of the theme's colours: see .streamlit/config.toml

/** @extends {Panel<Payload>} */
export default class Here extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.way = el("ol", { class: "way" });
    const label = "The parts of the model, in the order in which a token passes them";
    this.nav = el("nav", { "aria-label": label }, this.way);
    root.append(this.nav);
  }

  update() {
    this.nav.classList.toggle("slim", this.data.slim);
    const { stops, block, times } = this.data;
    const items = stops.map((stop) => this.stop(stop));
    const colours = css(this.root, "--st-chart-categorical-colors").split(",");
    this.way.style.setProperty("--feed", colours[MLP] ?? "currentcolor");
    const [from, to] = block;
    const inner = el("ol", { "aria-label": `a block, ${times} of them` }, ...items.slice(from, to));
    const count = el("span", { class: "times", text: `× ${times}`, "aria-hidden": "true" });
    const blocks = to > from ? [el("li", { class: "block" }, inner, count)] : [];
    this.way.replaceChildren(...items.slice(0, from), ...blocks, ...items.slice(to));
  }

  /** @param {[name: string, kind: string, path: string]} stop */
  stop([name, kind, path]) {
    const what = path ? pageLink(path, name) : el("span", { text: name });
    const lit = path !== "" && path === this.data.here;
    if (lit) what.setAttribute("aria-current", "page");
    if (name === "+") what.setAttribute("aria-label", "added to the residual stream");
    if (name === "+" && !path) what.setAttribute("role", "img");
    return el("li", { class: `${kind}${lit ? " lit" : ""}` }, what);
  }
}
