// Panels that answer back: what they tell Python, and when they take what it says.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { reset, show } from "./support/page.js";

import Link from "../../assets/components/panels/link.js";
import Prompt from "../../assets/components/panels/prompt.js";
import Scrub from "../../assets/components/panels/scrub.js";
import Switches from "../../assets/components/panels/switches.js";
import Timeline from "../../assets/components/panels/timeline.js";
import Write from "../../assets/components/panels/write.js";
import { bus, tell } from "../../assets/components/shared/bus.js";

beforeEach(() => {
  reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
});

const losses = [
  [0, 4, 4.1],
  [10, 2.5, 2.4],
];
const steps = [0, 1, 10];
const events = [{ step: 1, layer: 1, head: 2, text: "Back." }];
const training = { steps, losses, step: 10, rev: "mini 1", events, note: "▼: so it is.", changing: false };

/** What an editor told: texts with their numbers. */
const typed = (sent) => sent.map(([state, { text, n }]) => [state, text, n]);

test("prompt: what is typed is told at once, and an old answer takes nothing back", () => {
  const data = { text: "ab", rev: 1, ack: 7, note: "", warn: false, examples: ["x"], limit: 9 };
  const { panel, sent } = show(Prompt, data);
  assert.equal(panel.box.value, "ab");
  panel.box.value = "abc";
  panel.box.oninput();
  assert.deepEqual(typed(sent), [["typed", "abc", 8]]);
  panel.receive({ ...data, text: "ab", rev: 2 }, panel.send); // of before the key
  assert.equal(panel.box.value, "abc");
  panel.receive({ ...data, text: "new", rev: 3, ack: 8 }, panel.send);
  assert.equal(panel.box.value, "new");
  panel.receive({ ...data, text: "other", rev: 3, ack: 8 }, panel.send);
  assert.equal(panel.box.value, "new");
});

test("prompt: keys that come before the answer are told together after it, or when none comes", () => {
  const data = { text: "", rev: 1, ack: 0, note: "", warn: false, examples: [], limit: 9 };
  const { panel, sent } = show(Prompt, data);
  const type = (text) => {
    panel.box.value = text;
    panel.box.oninput();
  };
  type("a");
  type("ab");
  type("abc");
  assert.deepEqual(typed(sent), [["typed", "a", 1]]);
  panel.receive({ ...data, text: "a", rev: 2, ack: 1 }, panel.send); // Python's own choice comes too late
  assert.deepEqual(typed(sent).slice(1), [["typed", "abc", 2]]);
  assert.equal(panel.box.value, "abc");
  type("abcd");
  mock.timers.tick(999);
  assert.equal(sent.length, 2);
  mock.timers.tick(1);
  assert.deepEqual(typed(sent).slice(2), [["typed", "abcd", 3]]);
  panel.receive({ ...data, text: "abc", rev: 3, ack: 2 }, panel.send); // late
  assert.equal(panel.box.value, "abcd");
  mock.timers.tick(5_000);
  assert.equal(sent.length, 3); // nothing is told twice
});

test("write: a run asks for a few tokens after each answer, until it is stopped or there is no room", () => {
  const data = { n: 3, run: 5, room: 9, ready: true, reading: "", written: [] };
  const { panel, sent } = show(Write, data);
  const answer = (n, came, more = {}) =>
    panel.receive({ ...data, n, written: Array.from({ length: came }, () => ["a", 0.5]), ...more }, panel.send);
  panel.many.onclick();
  assert.ok(panel.one.disabled && !panel.stop.disabled);
  answer(4, 2);
  answer(4, 2); // the same answer, drawn again
  answer(5, 3, { room: 1 });
  answer(6, 4, { room: 0 });
  assert.deepEqual(
    sent.map(([, { n, what }]) => ({ n, what })),
    [4, 5, 6].map((n) => ({ n, what: "token" })),
  );
  const counts = sent.map(([, { count }]) => count); // never more than are wanted, or than there is room for
  assert.ok(counts[0] === 5 && counts[1] >= 1 && counts[1] <= 3 && counts[2] === 1, `${counts}`);
  panel.many.onclick();
  tell("typing", {});
  assert.equal(panel.left, 0);
});

test("write: back to a token", () => {
  const written = [
    ["a", 0.5],
    ["\n", 0.1],
  ];
  const { panel, sent } = show(Write, { n: 0, run: 5, room: 9, ready: true, reading: "Reads.", written });
  assert.deepEqual(
    panel.text.children.map((one) => one.tagName),
    ["button", "button", "br"],
  );
  panel.text.children[1].onclick();
  assert.deepEqual(sent, [["ask", { n: 1, what: "back", to: 2 }]]);
  tell("choices", { kept: 4, V: 65, temperature: 1 });
  assert.equal(panel.note.textContent, "It continues your text, drawing from 4 of 65. Reads.");
});

test("write: a token of one's own choice ends a run", () => {
  const { panel, sent } = show(Write, { n: 0, run: 5, room: 9, ready: true, reading: "", written: [] });
  panel.many.onclick();
  bus.write(7);
  assert.deepEqual(
    sent.map(([, ask]) => ask),
    [
      { n: 1, what: "token", count: 5 },
      { n: 2, what: "pick", id: 7 },
    ],
  );
  assert.equal(panel.left, 0);
  panel.gone();
  assert.equal(bus.write, null);
});

for (const [Kind, state, every] of [
  [Scrub, "step", 450],
  [Timeline, "slid", 600],
]) {
  test(`${state}: the slider leads, Python hears the first movement at once and then the newest`, () => {
    const { panel, sent } = show(Kind, training);
    const { input } = panel.slider;
    assert.equal(input.value, "2");
    for (const place of [1, 0]) {
      input.value = String(place);
      input.oninput();
    }
    panel.receive({ ...training, step: 1 }, panel.send); // an answer to the first
    assert.equal(input.value, "0");
    mock.timers.tick(60);
    assert.deepEqual(sent, [
      [state, 1],
      [state, "0"], // a number or a word in turns
    ]);
    panel.receive({ ...training, step: 0 }, panel.send);
    panel.receive({ ...training, step: 10 }, panel.send); // of a run that is followed
    assert.equal(input.value, "2");
  });

  test(`${state}: playing goes on to the last step, and another model ends it`, () => {
    const { panel } = show(Kind, training);
    panel.slider.play.onclick();
    assert.equal(panel.slider.step, 0);
    mock.timers.tick(every);
    assert.equal(panel.slider.step, 1);
    panel.receive({ ...training, step: 1 }, panel.send);
    assert.ok(panel.slider.ticking);
    panel.receive({ ...training, step: 1, rev: "shakespeare 2" }, panel.send);
    assert.equal(panel.slider.ticking, null);
  });
}

test("timeline: a mark moves to its step and head", () => {
  const { panel, sent } = show(Timeline, training);
  const { label } = panel.slider;
  assert.equal(label.textContent, "step 10 of 10, validation loss 2.500, training loss 2.400");
  panel.list.all("button")[0].onclick();
  assert.deepEqual(sent, [["slid", 1]]);
  assert.deepEqual([bus.view.layer, bus.view.head], [1, 2]);
  assert.equal(label.textContent, "step 1 of 10, validation loss 4.000, training loss 4.100 (at 0)");
});

test("switches: all that are on are selected", () => {
  const table = ["mask", "scale"].map((name) => [name, name, "."]);
  const tops = [["T", [["a", 0.5]]]];
  const { panel } = show(Switches, { switches: table, on: ["scale"], facts: [], tops, sentence: "" });
  const [mask, scale] = panel.list.all("input");
  mask.checked = true;
  mask.onchange();
  assert.deepEqual(bus.view.switches, ["scale", "mask"]);
  scale.checked = false;
  scale.onchange();
  assert.deepEqual(bus.view.switches, ["mask"]);
});

test("link: the address follows a moment later, or at once when it is asked for", () => {
  const put = [];
  globalThis.location = { href: "http://localhost/attention?prompt=a" };
  globalThis.history = { state: 1, replaceState: (_, __, address) => put.push(address) };
  const { panel } = show(Link, { link: { prompt: "b c" } });
  assert.deepEqual(put, []);
  mock.timers.tick(400);
  assert.deepEqual(put, ["http://localhost/attention?prompt=b+c"]);
  bus.projector = true; // the bar's button is ahead of Python
  panel.receive({ link: { prompt: "b d" } }, panel.send);
  tell("address", {});
  assert.deepEqual(put.slice(1), ["http://localhost/attention?prompt=b+d&present=1"]);
});
