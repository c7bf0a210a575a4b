// What is worked out in the background: a panel that waits for it asks again, until it is there.

const PAUSE = 700; // milliseconds between two questions

/** Asks Python for the page again, in a while, as long as something is busy. */
export class Again {
  constructor() {
    this.asked = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {number | null} busy how much of the work is done; null: all of it
   * @param {import("./panel.js").Send} send
   */
  follow(busy, send) {
    clearTimeout(this.timer);
    if (busy === null) return;
    this.timer = setTimeout(() => {
      this.asked += 1;
      send("again", { n: this.asked }); // a state of its own: it must not take the place of a choice on its way
    }, PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
