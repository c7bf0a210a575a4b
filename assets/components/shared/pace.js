// How many tokens to ask for at once while a model writes, so that the screen shows enough of them a second. Each wish
// is short: thirty who write at once take turns, and Stop is heard after a few tokens.

import { clamp } from "./dom.js";

const WANTED = 90; // tokens a second; at least 60 are seen even if every third wish takes half as long again
const MOST = 16; // tokens that Python draws for one wish
const FIRST = 0.05; // seconds that the first wish is thought to take
const WEIGHT = 0.4; // of the last wish in the mean

export class Pace {
  constructor() {
    this.seconds = FIRST;
    this.asked = 0;
  }

  /**
   * How many to ask for now.
   * @param {number} left how many are wanted
   * @param {number} [now] milliseconds
   */
  ask(left, now = performance.now()) {
    this.asked = now;
    return Math.min(left, clamp(Math.ceil(this.seconds * WANTED), 1, MOST));
  }

  /**
   * They are here.
   * @param {number} [now] milliseconds
   */
  came(now = performance.now()) {
    const took = (now - this.asked) / 1000;
    this.seconds += WEIGHT * (took - this.seconds);
  }
}
