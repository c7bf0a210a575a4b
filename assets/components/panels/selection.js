// What is selected, in one bar: layer and head, the pinned token, the number that is worked out, the switches. All
// panels draw it and change it (bus.view); this one alone tells Python, and takes what Python knows.

import { headName } from "../shared/attention.js";
import { bus, move } from "../shared/bus.js";
import { el } from "../shared/dom.js";
import { Panel } from "../shared/panel.js";
import { tellCell, tellPin, tellSwitches } from "../shared/selected.js";

/** @typedef {import("../shared/attention.js").Mode} Mode */
/** @typedef {import("../shared/bus.js").Cell} Cell */
/**
 * @typedef {object} Payload
 * @property {number} layer where Python says one looks, taken when `rev` changes or Python has heard the last change
 * @property {number} head
 * @property {Mode} mode
 * @property {number | null} pin
 * @property {number} norm which of a block's norms is shown
 * @property {Cell | null} cell
 * @property {string[]} switches
 * @property {number} rev another one: Python chose
 * @property {number} n the number of the last change that Python heard
 * @property {string[]} tokens that the model reads
 * @property {Record<string, string>} titles of the switches
 * @property {string[]} ignores what this page does not show: "cell", "switches"
 */
/** @typedef {Pick<Payload, "layer" | "head" | "mode" | "pin" | "norm" | "cell" | "switches">} Selected */
/** @typedef {Selected & { n: number }} View what Python is told as `view` */
/** @typedef {{ text: string, title: string, ignored: boolean, undo: Partial<Selected> }} Chip */

const NOTHING = { mode: /** @type {Mode} */ ("head"), pin: null, cell: null, switches: [] };
const ELSEWHERE = ", not on this page";
const BRIEF = /^(token|cell) | pinned$/g; // words that go first where it is tight

/**
 * @param {Selected} from
 * @returns {Selected}
 */
export const selected = ({ layer, head, mode, pin, norm, cell, switches }) => ({
  layer,
  head,
  mode,
  pin,
  norm,
  cell,
  switches,
});

/** @extends {Panel<Payload>} */
export default class Selection extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    this.name = el("span");
    this.nothing = el("span", { class: "nothing", text: "; nothing else is selected" });
    this.what = el("span", { class: "what" }, this.name, this.nothing);
    this.chips = el("span", { class: "chips", role: "group", "aria-label": "Selected; press one to let it go" });
    this.reset = el("button", { type: "button", class: "soft", text: "Reset", onclick: () => move({ ...NOTHING }) });
    this.reset.title = "Let go of all that is selected";
    root.append(
      el("div", { class: "bar", role: "region", "aria-label": "Selection" }, this.what, this.chips, this.reset),
    );
    /** @type {number | null} */
    this.rev = null;
    this.n = 0; // changes that this browser told
    this.sent = ""; // what Python knows
  }

  hears() {
    return { pin: () => this.moved() };
  }

  update() {
    const { rev, n } = this.data;
    const known = JSON.stringify(selected(this.data));
    const chosen = this.rev !== rev; // a restored link, another model
    if (this.rev === null) this.n = n; // a new page of an old session counts on from there
    this.rev = rev;
    if (!chosen && n !== this.n) return; // Python has not heard of the last change yet
    this.sent = known;
    if (chosen) move({ ...selected(this.data), hover: null, key: null });
    else if (JSON.stringify(selected(bus.view)) !== known) move(selected(this.data));
  }

  /** Something else is selected, here or in another panel. */
  moved() {
    this.draw();
    const now = selected(bus.view);
    if (JSON.stringify(now) === this.sent) return;
    this.sent = JSON.stringify(now);
    this.n += 1;
    this.send("view", { ...now, n: this.n });
  }

  /** @returns {Chip[]} */
  selection() {
    const { tokens, titles, ignores } = this.data;
    const { pin, cell, switches } = bus.view;
    /** @type {Chip[]} */
    const found = [];
    if (pin !== null && pin < tokens.length) {
      found.push({ text: tellPin(tokens, pin), title: "", ignored: false, undo: { pin: null } });
    }
    if (cell) {
      found.push({ text: tellCell(cell), title: "", ignored: ignores.includes("cell"), undo: { cell: null } });
    }
    if (switches.length) {
      const title = switches.map((name) => titles[name] ?? name).join(" ");
      const text = tellSwitches(switches, titles);
      found.push({ text, title, ignored: ignores.includes("switches"), undo: { switches: [] } });
    }
    return found;
  }

  draw() {
    const found = this.selection();
    const name = headName(bus.view);
    this.name.textContent = name[0].toUpperCase() + name.slice(1);
    this.nothing.hidden = found.length > 0;
    this.chips.replaceChildren(
      ...found.map(({ text, title, ignored, undo }) => {
        const said = text + (ignored ? ELSEWHERE : "");
        const does = { type: "button", class: ignored ? "soft ignored" : "soft", onclick: () => move(undo) };
        const words = { title: title ? `${said}: ${title}` : said, "aria-label": `${said}: let go` };
        const brief = text.replace(BRIEF, "");
        return el(
          "button",
          { ...does, ...words, "data-brief": brief },
          el("span", { class: "said", text: said }),
          " ×",
        );
      }),
    );
    this.reset.disabled = !found.length && bus.view.mode === "head";
    this.root.host.setAttribute("data-selected", String(found.length));
  }
}
