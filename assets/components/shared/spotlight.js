// A ring around something on the page, wherever its panel has put it: it follows layout and scrolling, and lets every
// click through.

import { el } from "./dom.js";

const ROOM = 12; // pixels between what is pointed at and the edge of what is in sight
const AROUND = 2; // pixels between it and the ring

/** @param {Element} element */
const isSeen = (element) => element.isConnected && element.checkVisibility({ visibilityProperty: true });

/**
 * The nearest element around that scrolls.
 * @param {Node | null} node
 * @returns {Element | null}
 */
function scroller(node) {
  for (let one = node; one; one = one instanceof ShadowRoot ? one.host : one.parentNode) {
    if (!(one instanceof HTMLElement) || one.scrollHeight <= one.clientHeight) continue;
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return document.scrollingElement;
}

/**
 * How far to scroll so that something lies in the middle of what is in sight, or begins there if it is too tall for it.
 * @param {{ top: number, bottom: number }} at where it is
 * @param {number} low where the part begins in which it would be seen
 * @param {number} high where that ends
 */
export function distance({ top, bottom }, low, high) {
  if (top >= low + ROOM && bottom <= high - ROOM) return 0;
  const tall = bottom - top > high - low - 2 * ROOM;
  return tall ? top - low - ROOM : (top + bottom - low - high) / 2;
}

export class Spotlight {
  /**
   * @param {HTMLElement} box what stays in sight above, while one scrolls
   * @param {(found: boolean) => void} tell whether what it looks for is there, whenever that changes
   */
  constructor(box, tell) {
    this.box = box;
    this.tell = tell;
    this.ring = el("div", { class: "ring", "aria-hidden": "true" });
    /** @type {() => Element | null} */
    this.find = () => null;
    /** @type {Element | null} */
    this.target = null;
    /** @type {boolean | null} */
    this.found = null;
    this.scrolled = false;
    this.due = 0; // the next look
    this.place = "";
  }

  /**
   * Point at what this finds, now and whenever its panel makes it anew.
   * @param {() => Element | null} find
   */
  pointAt(find) {
    this.find = find;
    this.target = null;
    this.scrolled = false;
    if (!this.due) this.look();
  }

  /** Point at nothing. */
  stop() {
    cancelAnimationFrame(this.due);
    this.due = 0;
    this.target = this.found = null;
    this.ring.hidden = true;
  }

  look() {
    this.due = requestAnimationFrame(() => this.look());
    this.target = this.find();
    if (this.target && !isSeen(this.target)) this.target = null;
    const found = Boolean(this.target);
    this.ring.hidden = !found;
    if (this.found !== found) this.tell((this.found = found));
    if (!this.target) return;
    if (!this.scrolled) this.scroll();
    const { left, top, width, height } = this.target.getBoundingClientRect();
    const [x, y] = [left - AROUND, top - AROUND];
    const place = `left:${x}px;top:${y}px;width:${width + 2 * AROUND}px;height:${height + 2 * AROUND}px`;
    if (this.place !== place) this.ring.style.cssText = this.place = place;
  }

  /** Bring it into sight: below the box, or above it if that is where it stands. */
  scroll() {
    if (!this.target) return;
    this.scrolled = true;
    const page = scroller(this.box);
    const [at, box] = [this.target.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const order = outermost(this.target).compareDocumentPosition(outermost(this.box));
    const above = order & Node.DOCUMENT_POSITION_FOLLOWING;
    const stuck = parseFloat(getComputedStyle(outer(this.box)).top) || 0;
    const by = above ? Math.min(0, at.top - stuck) : distance(at, stuck + box.height, window.innerHeight);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (by) page?.scrollBy({ top: by, behavior: calm ? "instant" : "smooth" });
  }
}

/**
 * The element in whose shadow this one lies.
 * @param {Node} node
 * @returns {Element}
 */
const outer = (node) => /** @type {ShadowRoot} */ (node.getRootNode()).host;

/**
 * The element of the page itself in whose shadows this one lies.
 * @param {Node} node
 * @returns {Node}
 */
function outermost(node) {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? outermost(root.host) : node;
}
