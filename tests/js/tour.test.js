// The tour: it notices what it waits for, says what that means, and puts everything back.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { frame, reset, show } from "./support/page.js";

import Tour from "../../assets/components/panels/tour.js";
import { Attention } from "../../assets/components/shared/attention.js";
import { bus, hover, move, tell } from "../../assets/components/shared/bus.js";
import { distance } from "../../assets/components/shared/spotlight.js";
import { STOPS } from "../../assets/components/shared/tourstops.js";

const data = { written: 0, model: "shakespeare", step: 9, steps: 1, temperature: 1 };
const knobs = { kept: 9, V: 9, temperature: 1, bits: 1.5 };

beforeEach(() => {
  reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  globalThis.location = { search: "?prompt=ab" };
  const pattern = new Uint16Array([65535, 16384, 49151, 65535, 32768, 32767]); // two heads of two tokens
  bus.attention = new Attention({ L: 1, H: 2, T: 2, causal: true, roles: ["first", "second"], pattern });
});

/** A tour under way, with what it told Python. */
function begun() {
  const { panel, sent } = show(Tour, data);
  tell("choices", knobs);
  tell("tour", {}); // the bar's button
  return { panel, sent };
}

/** What the visitor does at each stop, and what the tour says then. */
const doings = [
  [() => tell("typing", {}), /answer to exactly this text/],
  [() => hover(1), /Layer 1, head 1: token 2 looks most at token 2, with 75.0 %\. All its shares together make 100 %/],
  [() => move({ pin: 1 }), /returns to token 2/],
  [() => move({ pin: null }), /those of the last token/],
  [() => move({ head: 1 }), /Layer 1, head 2: second\. It is the large map now/],
  [() => hover(1, 0), /Token 2 gives 50.0 % of its attention to token 1/],
  [() => move({ mode: "mean" }), /mean over the 2 heads of layer 1/],
  [(panel) => panel.receive({ ...data, written: 1 }, panel.send), /read at once/],
  [() => tell("choices", { ...knobs, temperature: 2, bits: 2.25 }), /2\.25 bits/],
  [() => tell("choices", { ...knobs, temperature: 2, kept: 3 }), /^✓.*3 of 9 tokens stay/],
  [(panel) => panel.receive({ ...data, written: 21 }, panel.send), /drawn with the knobs/],
  [
    (panel) => {
      panel.receive({ ...data, model: "mini", step: 20, steps: 3 }, panel.send);
      assert.equal(panel.meaning, null); // its slider has not been touched
      assert.match(panel.text.textContent, /Move the slider/);
      panel.receive({ ...data, model: "mini", step: 1, steps: 3 }, panel.send);
    },
    /same network at step 1:/,
  ],
];

test("tour: each stop says why, notices that it is done, says what that means, and waits", () => {
  const { panel } = begun();
  assert.equal(doings.length, STOPS.length);
  doings.forEach(([happen, means], i) => {
    assert.deepEqual([panel.at, panel.meaning, panel.why.hidden], [i, null, false]);
    happen(panel);
    assert.match(panel.text.textContent, means);
    assert.deepEqual([panel.at, panel.why.hidden, panel.on.textContent], [i, true, "Next"]);
    panel.on.onclick();
  });
  assert.match(panel.box.textContent, /^You have seen it all/);
});

test("tour: what was not asked for is not taken for it", () => {
  const { panel } = begun();
  panel.go(8);
  tell("choices", { ...knobs, temperature: 0.5 }); // the wrong way
  tell("choices", knobs); // and back
  assert.equal(panel.meaning, null);
  panel.go(9);
  tell("choices", knobs);
  move({ pin: 0 });
  assert.equal(panel.meaning, null);
  panel.go(3); // a token is pinned already
  move({ head: 1 });
  assert.equal(panel.meaning, null);
});

test("tour: meanings of what is masked, of the largest of the heads, and of a knob without effect", () => {
  const { panel } = begun();
  panel.go(5);
  hover(0, 1);
  assert.match(panel.text.textContent, /Hatched.*exactly 0/);
  bus.view.mode = "max"; // 50 % and 75 %: no sum of 100 %
  panel.go(1);
  hover(1);
  assert.match(panel.text.textContent, /largest of its heads: token 2 looks most at token 2, with 75\.0 %\.$/);
  panel.go(8);
  tell("choices", { ...knobs, kept: 1, temperature: 2 });
  assert.match(panel.text.textContent, /cannot change anything/);
});

test("tour: one can go back, and past the last stop and back again", () => {
  const { panel } = begun();
  assert.ok(panel.back.hidden);
  panel.go(STOPS.length);
  assert.ok(panel.on.hidden && panel.there.hidden && !panel.back.hidden);
  panel.back.onclick();
  assert.deepEqual([panel.at, panel.meaning, panel.on.hidden], [STOPS.length - 1, null, false]);
});

test("tour: whoever ends it gets back what was there when it began", () => {
  for (const leave of [
    (panel) => panel.end.onclick(),
    () => window.dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape", composedPath: () => [] })),
  ]) {
    const { panel, sent } = begun();
    globalThis.location.search = "?prompt=ab&t=3"; // what it had someone do
    tell("tour", {}); // its button, once more
    leave(panel);
    assert.ok(panel.box.hidden);
    mock.timers.tick(250);
    assert.deepEqual(
      sent.map(([state, { back }]) => [state, back]),
      [["left", "?prompt=ab"]],
    );
    globalThis.location.search = "?prompt=ab";
    panel.gone();
  }
});

test("tour: Escape lets a pinned token go before it ends the tour, and leaves open lists alone", () => {
  const { panel } = begun();
  const escape = (...path) =>
    window.dispatchEvent(Object.assign(new Event("keydown"), { key: "Escape", composedPath: () => path }));
  panel.go(3);
  move({ pin: 1 });
  escape();
  assert.equal(bus.view.pin, null);
  assert.match(panel.text.textContent, /Nothing is pinned/);
  const list = document.createElement("input");
  list.matches = () => true;
  escape(list);
  assert.equal(panel.at, 3);
  escape();
  assert.equal(panel.at, null);
});

test("tour: after a reload it goes on where it was, and knows what to put back", () => {
  const { panel, sent } = begun();
  panel.go(4);
  panel.gone();
  Object.assign(bus.view, { layer: 0, head: 0 });
  const again = show(Tour, data);
  move({ head: 1 }); // what the address says is taken after this panel has come
  frame();
  assert.deepEqual([again.panel.at, again.panel.meaning], [4, null]);
  again.panel.end.onclick();
  mock.timers.tick(250);
  assert.equal(again.sent[0][1].back, "?prompt=ab");
  assert.deepEqual(sent, []);
  assert.equal(show(Tour, data).panel.at, null);
  sessionStorage.setItem("nanoscope-tour-under-way", '{"at":"x"');
  assert.equal(show(Tour, data).panel.at, null);
});

test("spotlight: what is out of sight comes to the middle, what is too tall begins at the top", () => {
  assert.equal(distance({ top: 200, bottom: 300 }, 100, 700), 0);
  assert.equal(distance({ top: 800, bottom: 900 }, 100, 700), 450);
  assert.equal(distance({ top: 50, bottom: 90 }, 100, 700), -330);
  assert.equal(distance({ top: 300, bottom: 1000 }, 100, 700), 188);
});
