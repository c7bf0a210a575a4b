// The address bar tells everything that one sees: this panel, which shows nothing, writes it a moment after the last
// change, or at once when the link is asked for.

import { bus } from "../shared/bus.js";
import { Panel } from "../shared/panel.js";

/**
 * @typedef {object} Payload
 * @property {Record<string, string>} link the parameters of the address
 */

const PAUSE = 400; // milliseconds after the last change

/** @extends {Panel<Payload>} */
export default class Link extends Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  hears() {
    return { address: () => this.put() };
  }

  update() {
    // Not put off by the next change: while a model writes, there is always a next one, and a reload would lose it all.
    this.timer ??= setTimeout(() => this.put(), PAUSE);
  }

  leave() {
    clearTimeout(this.timer);
  }

  address() {
    const url = new URL(location.href);
    url.search = "";
    for (const [name, value] of Object.entries(this.data.link)) url.searchParams.set(name, value);
    url.searchParams.delete("present"); // the bar's button is ahead of Python
    if (bus.projector) url.searchParams.set("present", "1");
    return url.href;
  }

  put() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.address() !== location.href) history.replaceState(history.state, "", this.address());
  }
}
