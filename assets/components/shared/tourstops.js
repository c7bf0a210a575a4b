// What the tour asks for, stop by stop: where it is, why it matters, how to notice that it is done, what that means.
// A meaning tells no number but those that the panels show at that moment.

import { headName } from "./attention.js";
import { bus } from "./bus.js";
import { percent, tenths, thousands } from "./text.js";

/** @typedef {"typing" | "hover" | "pin" | "choices" | "written" | "step"} Happened */
/**
 * How things stand: in the selection, in the knobs, in what Python sent.
 * @typedef {object} State
 * @property {number | null} pin
 * @property {number} layer
 * @property {number} head
 * @property {import("./attention.js").Mode} mode
 * @property {number} temperature
 * @property {number} kept how many tokens may be drawn
 * @property {number} V of how many
 * @property {number} bits the uncertainty that is shown
 * @property {number} written tokens that the model wrote
 * @property {string} model
 * @property {number} step of its training
 * @property {number} steps how many of them were kept
 */
/** @typedef {{ token?: number | null, key?: number | null }} Pointed tokens under the pointer */
/**
 * @typedef {object} Stop
 * @property {string} title
 * @property {(now: State) => string} text what to do
 * @property {string} why
 * @property {(now: State) => [panel: string, selector: string]} where it is; "" is what stands above all panels
 * @property {Happened} on what it waits for
 * @property {(now: State, was: State, at: Pointed) => boolean} done whether that was it
 * @property {(now: State, at: Pointed) => string} means
 */

/** @param {string} text */
const upper = (text) => text[0].toUpperCase() + text.slice(1);

/**
 * What a token looks at most.
 * @param {number} token
 */
function looks(token) {
  const { attention, view } = bus;
  if (!attention?.L || token >= attention.T) return "The pictures show this token now.";
  const row = attention.row(view, token);
  const top = row.indexOf(Math.max(...row));
  const most = `${upper(headName(view))}: token ${token + 1} looks most at token ${top + 1}, with ${tenths(row[top])}.`;
  return view.mode === "max" ? most : `${most} All its shares together make 100 %.`;
}

/**
 * One cell of the large map.
 * @param {number} token
 * @param {number} key
 */
function cell(token, key) {
  const { attention, view } = bus;
  if (!attention || token >= attention.T || key >= attention.T) return "";
  if (attention.causal && key > token) return "Hatched: no token can look at a later one. The share is exactly 0.";
  const share = tenths(attention.row(view, token)[key]);
  return `Token ${token + 1} gives ${share} of its attention to token ${key + 1}: the larger, the darker the cell.`;
}

const STRIP = ".strip";

/** @type {Stop[]} */
export const STOPS = [
  {
    title: "Type something",
    text: () => "Put the cursor into the prompt and type a letter.",
    why: "Nothing here is a recording: after every key the network reads the text, and all pictures follow.",
    where: () => ["prompt", "textarea"],
    on: "typing",
    done: () => true,
    means: () =>
      "Your text was cut into tokens, and the network read them: every map and bar is its answer to exactly this text.",
  },
  {
    title: "Point at a token",
    text: () => "Move over the tokens, or tap one: the others darken by the share of attention that it gives them.",
    why: "Attention is the only way in which one token learns anything of the others.",
    where: () => ["tokens", STRIP],
    on: "hover",
    done: (_now, _was, { token }) => typeof token === "number",
    means: (_now, { token }) => looks(token ?? 0),
  },
  {
    title: "Pin it",
    text: () => "Click a token: it stays chosen when the pointer goes.",
    why: "So you can compare what several pictures say about one token.",
    where: () => ["tokens", STRIP],
    on: "pin",
    done: ({ pin }) => pin !== null,
    means: ({ pin }) =>
      `Without the pointer every picture now returns to token ${(pin ?? 0) + 1}, ` +
      "and the bars say what the model expected after it.",
  },
  {
    title: "Let go",
    text: () => "Press Escape, or click the pinned token again.",
    why: "Without a pin the page shows the last token: that is where the text goes on.",
    where: ({ pin }) => ["tokens", pin === null ? STRIP : ".pinned"],
    on: "pin",
    done: ({ pin }, was) => pin === null && was.pin !== null,
    means: () => "Nothing is pinned any more: maps and bars are those of the last token again.",
  },
  {
    title: "Choose a head",
    text: () => "“All heads” shows every attention map of the model. Click one of them.",
    why: "Nobody told a head what to look at: each learned it in training.",
    where: () => ["heads", ".stage"],
    on: "pin",
    done: ({ layer, head }, was) => layer !== was.layer || head !== was.head,
    means: ({ layer, head }) => {
      const role = bus.attention?.roles[layer * bus.attention.H + head];
      const name = upper(headName({ layer, head, mode: "head" }));
      return `${name}${role ? `: ${role}` : ""}. It is the large map now, and its shares shade the tokens.`;
    },
  },
  {
    title: "Read a cell",
    text: () => "Point at a cell of the large map: its row looks at its column, and this is the share.",
    why: "A map is nothing but these shares, one for each pair of tokens.",
    where: () => ["head", "canvas"],
    on: "hover",
    done: (_now, _was, { key }) => typeof key === "number",
    means: (_now, { token, key }) => cell(token ?? 0, key ?? 0),
  },
  {
    title: "Average the heads",
    text: () => "Beside the tokens, choose the mean: all heads of the layer at once.",
    why: "The heads of a layer work side by side: what follows gets what all of them found.",
    where: () => ["tokens", "[data-mode=mean]"],
    on: "pin",
    done: ({ mode }) => mode === "mean",
    means: ({ layer }) =>
      `Each share is now the mean over the ${bus.attention?.H ?? 1} heads of layer ${layer + 1}: ` +
      "what one head does alone grows pale.",
  },
  {
    title: "Draw one token",
    text: () => "Press “Next token”: the model adds the one that the arrow u points at.",
    why: "This is all that writing is: guess, draw one token, read on.",
    where: () => ["write", ".main"],
    on: "written",
    done: ({ written }, was) => written > was.written,
    means: () =>
      "It stands at the end of the text and was read at once: the bars are already about the token after it.",
  },
  {
    title: "Turn up the heat",
    text: () => "Move Temperature to the right: the bars level out, and unlikely tokens get their chance.",
    why: "The network's guess stays as it is; temperature only says how boldly to draw from it.",
    where: () => ["next", "label:has([data-knob=temperature])"],
    on: "choices",
    done: ({ temperature }, was) => temperature > was.temperature,
    means: ({ kept, bits }) =>
      kept === 1
        ? "Only one token may be drawn as the other knobs stand, so heat cannot change anything."
        : `The uncertainty is ${bits.toFixed(2)} bits now: the more alike the bars, the more bits.`,
  },
  {
    title: "Keep the best",
    text: () => "Move Top-k to the left: only the likeliest tokens stay in the draw.",
    why: "Each unlikely token is rare, but there are many of them, and one odd letter can spoil a word.",
    where: () => ["next", "label:has([data-knob=top_k])"],
    on: "choices",
    done: ({ kept }, was) => kept < was.kept,
    means: ({ kept, V }) =>
      `${kept} of ${V} tokens stay in the draw; their shares were scaled up to ${percent(1)} again.`,
  },
  {
    title: "Let it write",
    text: () => "Press “Run 200” and watch attention follow every new token. “Stop” ends it.",
    why: "Whatever it writes becomes part of what it reads.",
    where: () => ["write", ".many"],
    on: "written",
    done: ({ written }, was) => written >= was.written + 20,
    means: () => "Each token was drawn with the knobs as they stand, and then read like those that you typed.",
  },
  {
    title: "Look at a young model",
    text: ({ steps }) =>
      steps > 1
        ? "Move the slider above the prompt to the left, or press ▶ beside it."
        : "Above the prompt, choose “mini”: a model that was kept at many steps of its training.",
    why: "Nobody put in what it knows: it began with random numbers and learned, step by step.",
    where: ({ steps }) => ["", steps > 1 ? ".st-key-scrub" : ".st-key-model"],
    on: "step",
    done: ({ model, step }, was) => model === was.model && step !== was.step,
    means: ({ step }) =>
      `This is the same network at step ${thousands(step)}: everything below is what it had learned by then, ` +
      "and its loss stands beside the slider.",
  },
];
