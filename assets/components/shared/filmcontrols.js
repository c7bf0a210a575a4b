// What one can turn about the film: optimizer, learning rate, seed, and which step is shown.

import { clamp, el } from "./dom.js";

/** @typedef {import("../panels/film.js").Payload} Payload */

const PACE = 900; // milliseconds a step while they are replayed

export class FilmControls {
  /** @param {(words: Record<string, string>) => void} tell Python, in the words of the link */
  constructor(tell) {
    this.tell = tell;
    this.by = el("div", { class: "group", role: "group", "aria-label": "Optimizer" });
    this.rate = el("select", { "aria-label": "Learning rate" });
    this.rate.onchange = () => tell({ "film-rate": this.rate.value });
    this.seed = el("input", { type: "number", min: 0, step: 1, "aria-label": "Seed" });
    this.seed.onchange = () => {
      this.seed.value = String(clamp(Math.round(Number(this.seed.value)) || 0, 0, Number(this.seed.max)));
      tell({ "film-seed": this.seed.value });
    };
    this.step = el("input", { type: "range", class: "steps", min: 1, step: 1, "aria-label": "Step" });
    this.step.oninput = () => this.go(Number(this.step.value));
    this.replay = el("button", { type: "button", class: "soft", text: "Replay", onclick: () => this.toggle() });
    this.count = el("span", { class: "count" });
    this.bar = el(
      "div",
      { class: "controls" },
      this.by,
      el("label", {}, "rate", this.rate),
      el("label", {}, "seed", this.seed),
      el("label", {}, this.count, this.step),
      this.replay,
    );
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.clock = undefined;
    this.wanted = 0; // the step that Python was asked for and has not shown yet
  }

  /** What Python shows now. @param {Payload} data */
  take({ optimizers, optimizer, rates, rate, last_seed, seed, steps, taken }) {
    if (!this.by.children.length) {
      const told = (/** @type {string} */ word) => () => this.tell({ "film-by": word });
      this.by.append(
        ...optimizers.map(([word, text]) =>
          el("button", { type: "button", class: "soft", text, "data-by": word, onclick: told(word) }),
        ),
      );
      this.rate.append(...rates.map((value) => el("option", { value, text: value })));
      this.seed.max = String(last_seed);
      this.step.max = String(steps);
    }
    for (const button of this.by.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.by === optimizer));
    }
    this.rate.value = rate;
    if (!this.seed.matches(":focus")) this.seed.value = String(seed);
    if (this.wanted === taken) this.wanted = 0;
    if (!this.wanted) this.step.value = String(taken);
    this.words();
  }

  words() {
    const [at, last] = [Number(this.step.value), Number(this.step.max)];
    this.count.textContent = `step ${String(at).padStart(2, "\u2007")} of ${last}`;
    this.step.style.setProperty("--at", String((at - 1) / Math.max(1, last - 1)));
    this.replay.textContent = this.clock ? "Pause" : "Replay";
    this.replay.setAttribute("aria-label", this.clock ? "Pause the steps" : "Replay the steps");
  }

  /** @param {number} step */
  go(step) {
    this.wanted = step;
    this.step.value = String(step);
    this.words();
    this.tell({ "film-step": String(step) });
  }

  toggle() {
    if (this.clock) return this.halt();
    if (Number(this.step.value) >= Number(this.step.max)) this.go(1);
    this.clock = setInterval(() => {
      const next = Number(this.step.value) + 1;
      if (next > Number(this.step.max) || !this.bar.isConnected) this.halt();
      else this.go(next);
    }, PACE);
    this.words();
  }

  halt() {
    clearInterval(this.clock);
    this.clock = undefined;
    this.words();
  }
}
