// What a stack of edits was before each change, so that the last one can be undone.

/** @typedef {{ edits: string, other: string }} Told the stack and the other prompt, in the words of the link */

const KEPT = 40; // changes that can be undone

export class History {
  constructor() {
    /** @type {Told[]} */
    this.before = [];
    /** @type {Told | null} what Python knew last */
    this.known = null;
    this.expected = ""; // the stack that it was told last
  }

  get empty() {
    return !this.before.length;
  }

  /**
   * What there is now can be had again.
   * @param {Told} now
   */
  remember(now) {
    const last = this.before.at(-1);
    if (last?.edits !== now.edits || last.other !== now.other) this.before = [...this.before, now].slice(-KEPT);
  }

  /**
   * What Python knows: a change that came from elsewhere, such as the bar on top, can be undone as well.
   * @param {Told} now
   */
  follow(now) {
    const old = this.known;
    if (old && now.edits !== old.edits && now.edits !== this.expected) this.remember(old);
    this.known = now;
  }

  /** What there was before the last change. */
  back() {
    return this.before.pop();
  }
}
