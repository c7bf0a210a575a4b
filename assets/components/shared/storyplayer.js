// A story told scene by scene: a step on or back, or by itself.

import { clamp, el } from "./dom.js";

const PACE = 5_000; // milliseconds a scene

export class StoryPlayer {
  /**
   * @param {object} does
   * @param {() => number} does.count how many scenes there are
   * @param {(scene: number) => void} does.show a scene, from 1; 0: none any more
   */
  constructor({ count, show }) {
    this.count = count;
    this.show = show;
    this.at = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.clock = undefined;
    const button = (/** @type {string} */ text, /** @type {() => void} */ onclick, label = text) =>
      el("button", { type: "button", class: "soft", text, onclick, "aria-label": label });
    this.back = button("‹", () => this.step(-1), "The scene before");
    this.play = el("button", { type: "button", class: "soft", onclick: () => this.toggle() });
    this.next = button("›", () => this.step(1), "The next scene");
    this.close = button("Close", () => this.tell(0), "Close the story");
    const parts = [this.back, this.play, this.next, this.close];
    this.bar = el("div", { class: "row", role: "group", "aria-label": "The story" }, ...parts);
    this.mark();
  }

  /** What the buttons say now. */
  mark() {
    for (const one of [this.back, this.next, this.close]) one.hidden = !this.at;
    this.play.textContent = this.clock ? "Pause" : this.at ? "Play" : "Tell the story";
  }

  toggle() {
    if (this.clock) return this.pause();
    this.tell(this.at && this.at < this.count() ? this.at : 1);
    this.clock = setInterval(() => (this.at >= this.count() ? this.pause() : this.tell(this.at + 1)), PACE);
    this.mark();
  }

  pause() {
    clearInterval(this.clock);
    this.clock = undefined;
    this.mark();
  }

  /** @param {number} by */
  step(by) {
    this.pause();
    this.tell(clamp(this.at + by, 1, this.count()));
  }

  /** @param {number} scene */
  tell(scene) {
    if (!scene) this.pause();
    this.at = scene;
    this.mark();
    this.show(scene);
  }
}
