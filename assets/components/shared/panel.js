// What every panel is. A panel is a class in panels/, found by its file's name. Its constructor builds what stays; it
// says what new data changes (update), how it is drawn (draw), what it hears (hears) and what it must put away (leave).

import { bus, listen } from "./bus.js";
import { el, roomIn } from "./dom.js";

/** @typedef {(state: string, value: unknown) => void} Send tells Python; a state of that name has a callback there */

/** @template Data what the panel is sent: the Payload that its file describes */
export class Panel {
  /** @param {ShadowRoot} root */
  constructor(root) {
    this.root = root;
    /** @type {Data} */
    this.data = /** @type {any} */ (null);
    /** @type {Send} */
    this.send = () => {};
    /** The frame in which it will be drawn; 0: none. */
    this.due = 0;
    /** @type {(() => void) | null} */
    this.silence = null;
    /** @type {ResizeObserver | null} */
    this.watcher = null;
  }

  /** New data is here; `draw` follows. */
  update() {}

  /** Show this.data; again after every event and change of width. */
  draw() {}

  /** It is gone: stop timers, undo what it changed outside of itself. */
  leave() {}

  /**
   * Which events it hears.
   * @returns {import("./bus.js").Handlers}
   */
  hears() {
    return {};
  }

  /**
   * The element whose width the picture follows; none: it is not drawn anew.
   * @returns {Element | null}
   */
  frame() {
    return null;
  }

  /**
   * New data from Python.
   * @param {Data} data
   * @param {Send} send
   */
  receive(data, send) {
    this.data = data;
    this.send = send;
    this.silence ??= this.hear();
    this.watch();
    this.update();
    this.drawNow();
  }

  /** Its own events, and that everything becomes larger: style sheets know it by the host's class. */
  hear() {
    const enlarge = () => this.root.host.classList.toggle("projector", Boolean(bus.projector));
    enlarge();
    const own = listen(this.hears());
    const size = listen({
      projector: () => {
        enlarge();
        this.drawSoon();
      },
    });
    return () => {
      own();
      size();
    };
  }

  /** Nothing is left of it but its elements, which go with the page. */
  gone() {
    this.silence?.();
    this.silence = null;
    this.watcher?.disconnect();
    cancelAnimationFrame(this.due);
    this.due = 0;
    this.leave();
  }

  /** Draw in the next frame, however many events ask for it; what has left the page by then has no colours. */
  drawSoon() {
    this.due ||= requestAnimationFrame(() => {
      this.due = 0;
      if (this.root.host.isConnected) this.drawNow();
    });
  }

  /** Draw at once, and then not again. */
  drawNow() {
    cancelAnimationFrame(this.due);
    this.due = 0;
    this.draw();
  }

  /** Follow the width of the frame. */
  watch() {
    const frame = this.frame();
    if (!frame) return;
    this.watcher ??= follow(frame, () => this.drawNow());
    this.watcher.observe(frame);
  }
}

/**
 * Calls `changed` when a frame, which is drawn next, has got another width.
 * @param {Element} frame
 * @param {() => void} changed
 */
function follow(frame, changed) {
  let width = frame.clientWidth;
  return new ResizeObserver(() => {
    if (!frame.isConnected || Math.abs(frame.clientWidth - width) <= 1) return; // what leaves the page is 0 wide
    width = frame.clientWidth;
    changed();
  });
}

/**
 * A panel in a card: title, one sentence, what is below.
 * @template Data
 * @extends {Panel<Data>}
 */
export class Card extends Panel {
  /**
   * @param {ShadowRoot} root
   * @param {string} title
   * @param {string} [top] how the sentence stands: in a "line" with the title, "run" on behind it, or below
   */
  constructor(root, title, top = "") {
    super(root);
    this.title = el("h3");
    this.note = el("p", { class: "note", "aria-live": "off" });
    this.top = el("div", { class: "top " + top }, this.title, this.note);
    this.body = el("div", { class: "body" });
    this.card = el("section", { class: "card" }, this.top, this.body);
    this.name(title);
    root.append(this.card);
  }

  /**
   * What the card is called, on the screen and read aloud.
   * @param {string} title
   */
  name(title) {
    this.title.textContent = title;
    this.card.setAttribute("aria-label", title);
  }

  /**
   * The sentence under the title.
   * @param {string} text
   */
  say(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  /**
   * There is nothing to show below the sentence, or there is again: its room stays, so that nothing else moves.
   * @param {boolean} on
   */
  blank(on) {
    this.body.classList.toggle("blank", on);
  }

  /** How wide a picture may be. @param {number} otherwise as long as the card has no width */
  width(otherwise = 300) {
    return roomIn(this.body) || otherwise;
  }
}
