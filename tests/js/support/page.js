// Just enough of a page to build a panel in node: elements that keep what they are given, canvases that note what is
// painted. Import it before any panel.

import { bus } from "../../../assets/components/shared/bus.js";

const THEME = {
  "--st-secondary-background-color": "#ffffff",
  "--st-primary-color": "#0000ff",
  "--st-text-color": "#000000",
  "--st-border-color": "#cccccc",
  "--st-chart-diverging-colors": "#0000ff,#8080ff,#ffffff,#ff8080,#ff0000",
  "--st-chart-categorical-colors": "#111111,#222222,#333333,#444444",
};

/** Notes every rectangle and text with the colour of that moment. */
class Pen {
  /** @type {[colour: string, ...place: number[]][]} */
  rectangles = [];
  /** @type {string[]} */
  texts = [];
  /** @type {{ text: string, x: number, y: number, font: string, align: string, turned: boolean }[]} the same, with places */
  placed = [];
  /** @type {[x: number, y: number, turned: boolean][]} where the paper lies, the last one now */
  papers = [[0, 0, false]];
  fillStyle = "";
  font = "";
  textAlign = "left";

  fillRect(...numbers) {
    this.rectangles.push([this.fillStyle, ...numbers]);
  }

  fillText(text, x, y) {
    const [left, top, turned] = this.papers[this.papers.length - 1];
    this.texts.push(text);
    this.placed.push({ text, x: left + x, y: top + y, font: this.font, align: this.textAlign, turned });
  }

  save() {
    this.papers.push([...this.papers[this.papers.length - 1]]);
  }

  restore() {
    this.papers.pop();
  }

  translate(x, y) {
    const paper = this.papers[this.papers.length - 1];
    paper[0] += x;
    paper[1] += y;
  }

  rotate() {
    this.papers[this.papers.length - 1][2] = true;
  }

  measureText(text) {
    return { width: 6 * text.length };
  }

  createImageData(width, height) {
    return { data: new Uint8ClampedArray(4 * width * height) };
  }

  putImageData(image) {
    this.image = new Uint32Array(image.data.buffer.slice(0));
  }
}
const MOVES = "arc beginPath bezierCurveTo clip closePath drawImage fill lineTo moveTo rect setLineDash";
for (const name of `${MOVES} setTransform stroke strokeRect`.split(" ")) Pen.prototype[name] = () => {};

class Element {
  constructor(tag) {
    this.tagName = tag;
    this.children = [];
    this.attributes = new Map();
    this.style = { setProperty: () => {} };
    this.clientWidth = 300;
    this.scrollWidth = 0;
    this.value = "";
    this.hidden = false;
    const classes = new Set();
    this.classList = { toggle: (name, on) => (on ? classes.add(name) : classes.delete(name)), classes };
    const key = (name) => "data-" + name;
    this.dataset = new Proxy(this.attributes, {
      get: (attributes, name) => attributes.get(key(name)),
      set: (attributes, name, value) => Boolean(attributes.set(key(name), String(value))),
    });
  }

  get parentNode() {
    return this.parent;
  }

  append(...nodes) {
    for (const { parent } of nodes) {
      if (parent) parent.children = parent.children.filter((one) => !nodes.includes(one));
    }
    this.children.push(...nodes);
    for (const node of nodes) if (node instanceof Element) node.parent = this;
  }

  appendChild(node) {
    this.append(node);
    return node;
  }

  prepend(...nodes) {
    const after = this.children;
    this.children = [];
    this.append(...nodes, ...after);
  }

  insertBefore(node, before) {
    this.children = this.children.filter((one) => one !== node);
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, node);
    node.parent = this;
  }

  replaceChildren(...nodes) {
    this.children = [];
    this.append(...nodes);
  }

  remove() {
    this.parent.children = this.parent.children.filter((one) => one !== this);
    this.parent = null;
  }

  attachShadow() {
    this.shadowRoot = new Root(this);
    return this.shadowRoot;
  }

  get isConnected() {
    return Boolean(this.parent?.isConnected);
  }

  get firstElementChild() {
    return this.children.find((one) => one instanceof Element);
  }

  get textContent() {
    return this.children.map((one) => (one instanceof Element ? one.textContent : one)).join("");
  }

  set textContent(text) {
    this.children = text === "" ? [] : [text];
  }

  setAttribute(name, value) {
    this.attributes.set(name, String(value));
  }

  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }

  removeAttribute(name) {
    this.attributes.delete(name);
  }

  addEventListener() {}

  focus() {
    document.activeElement = this;
  }

  getRootNode() {
    return document;
  }

  matches() {
    return false;
  }

  getContext() {
    this.pen ??= new Pen();
    return this.pen;
  }

  /** Every element below, of one tag. */
  all(tag) {
    const below = this.children.filter((one) => one instanceof Element);
    return below.flatMap((one) => (one.tagName === tag ? [one] : []).concat(one.all(tag)));
  }
}

class Root extends Element {
  constructor(host) {
    super("root");
    this.host = host;
    this.activeElement = null;
  }

  get isConnected() {
    return this.host.isConnected;
  }
}

class Body extends Element {
  get isConnected() {
    return true;
  }
}

const events = new EventTarget();
/** @type {Map<number, () => void>} */
const frames = new Map();
let asked = 0;
/** @type {any[]} */
const shown = [];

Object.assign(globalThis, {
  document: {
    createElement: (tag) => new Element(tag),
    body: new Body("body"),
    documentElement: new Element("html"),
    activeElement: null,
    querySelector: () => null,
  },
  Element,
  window: {
    devicePixelRatio: 1,
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
  },
  getComputedStyle: () => ({ getPropertyValue: (name) => THEME[name] ?? "" }),
  requestAnimationFrame: (draw) => frames.set(++asked, draw) && asked,
  cancelAnimationFrame: (due) => frames.delete(due),
  matchMedia: () => ({ matches: true }),
  localStorage: { getItem: () => null, setItem: () => {} },
  sessionStorage: new Map(),
  ResizeObserver: class {
    observe() {}
    disconnect() {}
  },
  OffscreenCanvas: class extends Element {
    constructor() {
      super("canvas");
    }
  },
});

Object.assign(sessionStorage, {
  getItem: (name) => sessionStorage.get(name) ?? null,
  setItem: (name, text) => sessionStorage.set(name, text),
  removeItem: (name) => sessionStorage.delete(name),
});

/** What waits for the next frame. */
export function frame() {
  const due = [...frames.values()];
  frames.clear();
  for (const draw of due) draw();
}

/** A place in the page for a panel. */
export function place() {
  const host = new Element("div");
  document.body.append(host);
  return host.attachShadow();
}

/** Nothing is shown, nobody looks anywhere. */
export function reset() {
  for (const panel of shown.splice(0)) panel.gone();
  sessionStorage.clear();
  frames.clear();
  Object.assign(bus, { attention: null, stages: null, projector: null, write: null });
  Object.assign(bus.view, { layer: 0, head: 0, mode: "head", pin: null, norm: 0, cell: null, switches: [] });
  Object.assign(bus.view, { hover: null, key: null });
}

/**
 * A panel in the page, with its first data; `sent` is what it told Python.
 * @param {new (root: any) => any} Kind
 * @param {any} data
 */
export function show(Kind, data) {
  const panel = new Kind(place());
  const sent = [];
  shown.push(panel);
  panel.receive(data, (state, value) => sent.push([state, value]));
  return { panel, sent };
}
