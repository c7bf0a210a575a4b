// The whole model on one screen: a lane for each token, every block, what each boundary would say. Pointing asks
// nothing of the server: it lights what feeds a part, and says what the part is.

import { bus, hover, looking, move } from "../shared/bus.js";
import { arrow, clamp, el, placeOf, scale } from "../shared/dom.js";
import { fly } from "../shared/flight.js";
import { LanePicker, STRIP } from "../shared/lanepicker.js";
import { Card } from "../shared/panel.js";
import { StoryPlayer } from "../shared/storyplayer.js";
import { Paint } from "../shared/wholepaint.js";
import { feeding, into, nameOf, partAt, picture, towards } from "../shared/wholeparts.js";
import { scenes } from "../shared/wholestory.js";
import { tellPart } from "../shared/wholewords.js";

/** @typedef {import("../shared/wholeparts.js").Part} Part */
/** @typedef {import("../shared/wholenumbers.js").Payload} Payload */

const LEAST = 190; // of the picture's height
const MOST = 560;
const BESIDES = 380; // what else of the first screen is needed
const UPRIGHT = 480; // a picture narrower than this stands upright
const EACH = { before: 260, block: 58 }; // room of an upright picture
const INVITES = "Point at anything: this line says what it is, and what feeds it is lit.";
const TELL = 700; // milliseconds until Python hears which scene it is

/** @extends {Card<Payload>} */
export default class Model extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "The model", "line");
    this.all = el("button", { type: "button", class: "soft", text: "All heads", onclick: () => this.toggleAll() });
    this.lanes = new LanePicker(() => (bus.view.pin === null ? this.drawSoon() : move({ pin: null })));
    this.story = new StoryPlayer({ count: () => this.scenes().length, show: (scene) => this.shown(scene) });
    this.tools = el("div", { class: "tools" }, this.lanes.range, this.all, this.story.bar);
    this.top.append(this.tools);
    this.canvas = el("canvas", { tabindex: 0, role: "application" });
    this.readout = el("p", { class: "readout", role: "status" });
    this.field = el("div", { class: "field" }, this.canvas);
    this.stage = el("div", { class: "stage" }, this.lanes.strip, this.field);
    this.inside = el("button", { type: "button", class: "soft", text: "Look inside", onclick: () => this.dive() });
    this.body.append(this.stage, el("div", { class: "told" }, this.readout, this.inside));
    /** @type {import("../shared/wholeparts.js").Picture | null} */
    this.picture = null;
    /** @type {Paint | null} */
    this.paint = null;
    this.pointed = ""; // the name of the part that the pointer is on
    this.held = ""; // of the one that a click holds
    this.both = false; // whether all heads are drawn
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.telling = undefined;
    this.known = "";
    this.written = 0; // tokens, when the picture was drawn last
    this.wire();
  }

  frame() {
    return this.body;
  }

  leave() {
    this.story.pause();
    clearTimeout(this.telling);
  }

  hears() {
    const quiet = () => this.story.pause();
    return { hover: () => this.lightSoon(), pin: () => this.drawSoon(), halt: quiet, typing: quiet };
  }

  update() {
    const { T, L, H, open, scene } = this.data;
    const known = [L, H, open].join();
    if (known !== this.known) [this.pointed, this.held] = ["", ""];
    if (!this.known) this.story.at = scene;
    this.known = known;
    this.lanes.take(T);
  }

  /** The token that is looked at, the chosen head, the open block. */
  get look() {
    const { T, H, open } = this.data;
    const head = clamp(bus.view.head, 0, Math.max(0, H - 1));
    return { lane: looking(T), head, open, all: this.both, lit: /** @type {Set<Part> | null} */ (null) };
  }

  draw() {
    const { T, L } = this.data;
    this.blank(!T);
    this.card.dataset.rows = String(T);
    this.tools.hidden = this.stage.hidden = !T;
    if (!T) {
      this.say("Type a character: here stands the whole model, from the text to the next token.");
      this.readout.textContent = "";
      return;
    }
    const room = this.width(600);
    const upright = room < UPRIGHT;
    const width = upright ? room : room - STRIP;
    const tall = clamp(window.innerHeight / scale() - BESIDES, LEAST, MOST);
    const height = upright ? EACH.before + EACH.block * L : tall;
    this.stage.classList.toggle("upright", upright);
    this.picture = this.arranged({ width, height, upright, open: this.data.open });
    this.paint = new Paint(this.root, this.canvas, this.data, this.picture, width, height);
    this.words();
    this.lightUp();
    this.flight();
  }

  /** What the model has just written comes back from the right end. */
  flight() {
    const { T, L, tokens, written } = this.data;
    const [from, to] = [`guess.${L}.${T - 2}.0`, `token.-1.${T - 1}.0`].map((name) => this.part(name));
    if (written === this.written + 1 && from && to) fly(this.field, tokens[T - 1], from, to);
    this.written = written;
  }

  /**
   * Every part in its place, the pinned token in sight.
   * @param {{ width: number, height: number, upright: boolean, open: number }} view
   */
  arranged(view) {
    const { T } = this.data;
    const wished = picture(this.data, { ...view, from: this.lanes.first });
    const pin = bus.view.pin;
    if (pin === null || pin >= T || (pin >= wished.from && pin < wished.from + wished.lanes)) return wished;
    return picture(this.data, { ...view, from: pin - Math.floor(wished.lanes / 2) });
  }

  /** Draw with what is lit now, and say what it is. */
  lightUp() {
    const { picture: drawn, paint } = this;
    if (!drawn || !paint) return;
    const look = this.look;
    const part = this.part(this.pointed) ?? this.part(this.held);
    const scene = this.scene();
    if (part) look.lit = feeding(this.data, drawn.parts, part);
    else if (scene) look.lit = new Set(drawn.parts.filter((one) => scene.lit(one)));
    if (part && part.lane >= 0) look.lane = part.lane;
    paint.draw(look);
    const all = this.scenes().length;
    const title = scene && !part ? `${this.story.at} of ${all} · ${scene.title}.` : "";
    const told = scene ? ` ${scene.says}` : `${INVITES} ${this.data.reading}`;
    const sentence = part ? tellPart(this.data, part, look) : told;
    const said = title + sentence;
    if (this.readout.textContent !== said) this.readout.replaceChildren(el("strong", { text: title }), sentence);
    this.canvas.setAttribute("aria-label", `The model. Arrow keys move, Enter opens or pins, Escape lets go. ${said}`);
    const held = this.part(this.held);
    this.inside.hidden = !held || !into(held); // of what is pointed at it would go on the way to it
    this.canvas.dataset.part = part ? nameOf(part) : "";
    this.canvas.dataset.lit = String(look.lit?.size ?? drawn.parts.length);
  }

  scenes() {
    return scenes(this.data, this.look);
  }

  /** The scene that is told. */
  scene() {
    const all = this.scenes();
    this.story.at = Math.min(this.story.at, all.length);
    return this.story.at ? all[this.story.at - 1] : undefined;
  }

  /** The sentences around the picture. */
  words() {
    const { L, open, H } = this.data;
    const blocks = `Each lane is a token's stream; block ${open + 1} of ${L} is open.`;
    this.say(L ? blocks : "This model has no blocks: nothing looks back.");
    if (this.picture) this.lanes.mark(this.picture);
    this.all.hidden = H < 2 || !L;
    this.all.setAttribute("aria-pressed", String(this.both));
    this.story.mark();
    this.card.dataset.scene = String(this.story.at);
    this.card.dataset.open = String(open);
  }

  /** @param {string} name */
  part(name) {
    return name ? (this.picture?.parts.find((one) => nameOf(one) === name) ?? null) : null;
  }

  wire() {
    const at = (/** @type {MouseEvent} */ event) => {
      const { x, y } = placeOf(event);
      return partAt(this.picture?.parts ?? [], x, y);
    };
    this.canvas.onpointermove = (event) => this.point(at(event));
    this.canvas.onpointerleave = () => this.point(null);
    this.canvas.onblur = () => this.point(null);
    this.canvas.onclick = (event) => {
      const part = at(event);
      if (part) this.choose(part);
    };
    this.canvas.onkeydown = (event) => this.key(event);
  }

  /** @param {Part | null} part */
  point(part) {
    const name = part ? nameOf(part) : "";
    if (name === this.pointed) return;
    this.pointed = name;
    hover(part && part.lane >= 0 ? part.lane : null);
    this.lightSoon();
  }

  /** Light in the next frame: every part stays where it is. */
  lightSoon() {
    this.due ||= requestAnimationFrame(() => {
      this.due = 0;
      this.lightUp();
    });
  }

  /** A click opens a block, chooses a head, and holds everything else with its token. @param {Part} part */
  choose(part) {
    this.story.pause();
    const inside = part.layer === this.data.open && part.kind !== "block";
    if (part.layer >= 0 && part.kind !== "guess" && !inside) return move({ layer: part.layer });
    const name = nameOf(part);
    this.held = this.held === name ? "" : name;
    if (part.kind === "head") move({ head: part.which, mode: "head" });
    else move({ pin: this.held && part.lane >= 0 ? part.lane : null });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const parts = this.picture?.parts ?? [];
    if (event.key === "Escape") {
      [this.pointed, this.held] = ["", ""];
      move({ pin: null });
    }
    const now = this.part(this.pointed) ?? this.part(this.held) ?? parts.find((one) => one.lane === this.look.lane);
    if (event.key === "Enter" && now) this.choose(now);
    const by = arrow(event.key);
    if (!by || !now) return;
    event.preventDefault();
    if (this.story.at && !this.pointed && !this.held) this.story.step(by[0] + by[1]);
    else this.point(towards(parts, now, this.picture?.upright ? [by[1], by[0]] : by));
  }

  /** Down into what is held. */
  dive() {
    const part = this.part(this.held);
    const way = part && into(part);
    if (way) this.send("choice", way);
  }

  toggleAll() {
    this.both = !this.both;
    this.drawSoon();
  }

  /** A scene is told, or none any more: Python hears of it once it stays. @param {number} scene */
  shown(scene) {
    [this.pointed, this.held] = ["", ""];
    this.drawSoon();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.send("choice", { scene: String(scene) }), TELL);
  }
}
