// A page's panels in one component: Streamlit then moves one message a key instead of forty. Each panel is a class of
// its own in a shadow root of its own; this file lays them out and hands each its part of the data.

import { bus, listen } from "./shared/bus.js";
import { unpack } from "./shared/bytes.js";
import { el } from "./shared/dom.js";
import { readFrame } from "./shared/frames.js";

/** @typedef {import("./shared/panel.js").Send} Send */
/** @typedef {import("./shared/panel.js").Panel<any>} AnyPanel */
/** @typedef {(new (root: ShadowRoot) => AnyPanel) & { builtOn?: string }} Kind */
/** @typedef {Record<string, Kind>} Kinds panels by name; "chart:loss" is another chart */
/** @typedef {{ parentElement: ShadowRoot, data: any, setStateValue: Send }} Given by Streamlit to a component */
/** @typedef {{ receive: (data: any, send: Send) => void, gone: () => void }} Shown */

const BOARD = "board";
const WHOLE = 60; // columns
/** Panels that stand in another's title (at its slot), where that one is shown: they cost no row of their own. */
const INSIDE = /** @type {Record<string, string>} */ ({ selection: "tokens" });

/**
 * How wide a panel becomes where everything is large: half the board, or all of it if it was wider than that.
 * @param {number} span
 */
export const largeSpan = (span) => (span > WHOLE / 2 ? WHOLE : WHOLE / 2);

/**
 * Tells Python, and with it which frame is here.
 * @param {string} frame
 * @param {Send} send
 * @returns {Send}
 */
const naming = (frame, send) => (state, value) =>
  send(state, value && typeof value === "object" ? { ...value, have: frame } : value);

/** A grid of panels, sixty columns wide; two of them side by side where everything is large. */
class Board {
  /**
   * @param {ShadowRoot} root
   * @param {(name: string, root: ShadowRoot) => AnyPanel} build
   */
  constructor(root, build) {
    this.build = build;
    this.grid = el("div", { class: "board" });
    root.append(this.grid);
    /** @type {Map<string, { room: HTMLElement, panel: AnyPanel }>} */
    this.rooms = new Map();
    this.lacks = 0; // how often a frame could not be read
    this.enlarge = () => this.grid.classList.toggle("projector", Boolean(bus.projector));
    this.silence = listen({ projector: this.enlarge });
    this.enlarge();
  }

  /**
   * @param {Uint8Array} bytes
   * @param {Send} send
   */
  receive(bytes, send) {
    const read = readFrame(bytes);
    if (!read) {
      this.lacks += 1;
      send("lack", { n: this.lacks }); // Python then sends all of it
      return;
    }
    const { frame, parts } = read;
    const tellWith = naming(frame, send);
    const wanted = new Set(parts.map(({ name }) => name));
    for (const [name, { room, panel }] of this.rooms) {
      if (wanted.has(name)) continue;
      panel.gone();
      room.remove();
      this.rooms.delete(name);
    }
    let place = 0;
    for (const { name, span } of parts) {
      const { room } = this.rooms.get(name) ?? this.open(name);
      if (wanted.has(INSIDE[name])) {
        const outer = this.rooms.get(INSIDE[name]) ?? this.open(INSIDE[name]);
        if (room.parentNode !== outer.room) outer.room.append(room);
      } else {
        if (this.grid.children[place] !== room) this.grid.insertBefore(room, this.grid.children[place] ?? null);
        place += 1;
      }
      room.style.setProperty("--span", String(span));
      room.style.setProperty("--large", String(largeSpan(span)));
    }
    // Only now, when every room stands where it stays: a picture is as large as its place on this page.
    for (const { name, data } of parts) this.rooms.get(name)?.panel.receive(data, tellWith);
  }

  /** @param {string} name */
  open(name) {
    const room = this.grid.appendChild(el("div", { class: "room " + name.replace(":", " ") }));
    const opened = { room, panel: this.build(name, room.attachShadow({ mode: "open" })) };
    this.rooms.set(name, opened);
    return opened;
  }

  gone() {
    this.silence();
    for (const { panel } of this.rooms.values()) panel.gone();
  }
}

/**
 * What shows a panel, or a board of them, wherever Python mounts one.
 * @param {Kinds} kinds
 * @param {Record<string, string>} styles by name, for panels that have one; `common` is every panel's
 * @returns {(name: string, given: Given) => () => void} called at each update; what it returns, when the element goes
 */
export function shower(kinds, styles) {
  /** @type {WeakMap<ShadowRoot, Shown>} */
  const shown = new WeakMap();

  /** @type {(name: string, root: ShadowRoot) => AnyPanel} */
  const build = (name, root) => {
    const [kind] = name.split(":");
    const { builtOn = kind } = kinds[kind]; // the panel whose style it has, too
    root.append(
      el("style", { text: styles.common + (styles[builtOn] ?? "") + (builtOn === kind ? "" : styles[kind]) }),
    );
    return new kinds[kind](root);
  };

  return (name, { parentElement: root, data, setStateValue }) => {
    let panel = shown.get(root);
    if (!panel) {
      if (name === BOARD) root.append(el("style", { text: styles[BOARD] }));
      panel = name === BOARD ? new Board(root, build) : build(name, root);
      shown.set(root, panel);
    }
    panel.receive(name !== BOARD && data instanceof Uint8Array ? unpack(data) : data, setStateValue);
    const last = panel;
    // Streamlit also cleans up after an update that a newer one overtook: only what is out of the page has gone.
    return () => {
      if (!root.host.isConnected) last.gone();
    };
  };
}
