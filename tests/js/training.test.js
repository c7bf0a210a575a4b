// The training's kept steps: axis, words, and the buttons over the picture.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { reset, show } from "./support/page.js";

import Scrub from "../../assets/components/panels/scrub.js";
import Timeline from "../../assets/components/panels/timeline.js";
import { bus } from "../../assets/components/shared/bus.js";
import { along, heights, nearest, onAxis, stopOf, tellStep } from "../../assets/components/shared/training.js";

beforeEach(() => {
  reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
});

const losses = [
  [0, 4, 4.1],
  [10, 2.5, 2.4],
];
const events = [
  { step: 1, layer: 1, head: 2, text: "Back." },
  { step: 1, layer: 0, head: 1, text: "First." },
  { step: 10, layer: 0, head: 0, text: "Late." },
];
const training = { steps: [0, 1, 10], losses, step: 10, rev: "a 1", events, note: "▼: so.", changing: false };
const single = { ...training, steps: [10], events: [], note: "One kept step." };

test("a step stands where the slider's thumb does", () => {
  assert.deepEqual(
    [0, 1, 10, 100, 300].map((at) => stopOf([0, 1, 10, 100], at)),
    [0, 1, 2, 3, 3],
  );
  const between = [0, 0.5, 1, 2, 5, 10, 20, 50, 100].map((at) => stopOf([0, 1, 10, 100], at));
  assert.deepEqual(
    between,
    between.toSorted((a, b) => a - b),
  );
  assert.ok(Math.abs(stopOf([0, 99, 9999], 999) - 1.5) < 1e-9); // by its logarithm
  assert.ok(Math.abs(stopOf([0, 3, 15, 63], 31) - 2.5) < 1e-9);
  for (const steps of [
    [0, 5],
    [0, 1, 10, 100],
    [7, 30, 2000],
  ]) {
    steps.forEach((step, i) => assert.equal(along(steps, step), i / (steps.length - 1)));
  }
});

test("of one kept step, losses stand by their logarithm", () => {
  assert.deepEqual(
    [0, 99].map((at) => along([99], at)),
    [0, 1],
  );
  assert.ok(Math.abs(along([99], 9) - 0.5) < 1e-9);
  assert.equal(along([0], 0), 1);
});

test("what was measured before the first of several kept steps has no place", () => {
  assert.deepEqual(onAxis([5, 10], losses), [losses[1]]);
  assert.deepEqual(onAxis([10], losses), losses);
});

test("the nearest measured step", () => {
  assert.deepEqual(nearest(losses, 6), losses[1]);
  assert.deepEqual(nearest(losses, 4), losses[0]);
  assert.equal(nearest([], 4), undefined);
});

test("a step in words", () => {
  const told = (known, step) => tellStep(known, step, ([, val]) => `, ${val}`);
  assert.equal(told(training, 10), "step 10 of 10, 2.5");
  assert.equal(told(training, 1), "step 1 of 10, 4 (at 0)");
  assert.equal(told({ steps: [0, 5000], losses: [] }, 0), "step 0 of 5,000");
  assert.equal(told(single, 10), "step 10, the only one kept, 2.5");
  assert.equal(told(single, 0), "step 0, 4");
});

test("heights of losses that are all the same", () => {
  assert.equal(heights([2, 2], 10, 90).y(2), 10);
  assert.deepEqual([4, 3, 2].map(heights([4, 2], 10, 90).y), [10, 50, 90]);
});

for (const [Kind, state] of [
  [Scrub, "step"],
  [Timeline, "slid"],
]) {
  test(`${state}: one kept step has nothing to slide or to play`, () => {
    const { panel } = show(Kind, single);
    const { play, input, label } = panel.slider;
    assert.ok(play.hidden && input.hidden);
    assert.match(label.textContent, /^step 10, the only one kept/);
    panel.receive({ ...training, rev: "b 2" }, panel.send);
    assert.ok(!play.hidden && !input.hidden);
  });

  test(`${state}: no losses, two steps`, () => {
    const { panel, sent } = show(Kind, { ...training, steps: [0, 10], losses: [], events: [] });
    panel.slider.play.onclick();
    mock.timers.tick(60);
    assert.deepEqual(sent, [[state, 0]]);
    assert.equal(panel.slider.label.textContent, "step 0 of 10");
    assert.ok(!panel.canvas.pen.texts.some((text) => /nfin|NaN/.test(text)));
  });

  test(`${state}: a run that keeps more steps, and others`, () => {
    const { panel, sent } = show(Kind, training);
    const { input, label } = panel.slider;
    panel.receive({ ...training, steps: [0, 1, 10, 20], step: 20 }, panel.send);
    assert.deepEqual([input.value, input.max], ["3", "3"]);
    input.value = "2";
    input.oninput(); // to 10, which Python has not shown yet
    panel.receive({ ...training, steps: [0, 10, 20], step: 20 }, panel.send);
    assert.equal(input.value, "1");
    assert.deepEqual(sent, [[state, 10]]);
    panel.receive({ ...training, steps: [0, 20], step: 20 }, panel.send); // 10 went before it was shown
    assert.equal(input.value, "1");
    assert.match(label.textContent, /^step 20 of 20/);
  });
}

test("timeline: the line keeps the room of the longest that it tells", () => {
  const { panel } = show(Timeline, training);
  const { label } = panel.slider;
  const room = label.dataset.room;
  assert.equal(room, "step 1 of 10, validation loss 4.000, training loss 4.100 (at 0)");
  for (const at of [0, 1, 10]) {
    panel.peek(at);
    assert.equal(label.dataset.room, room);
    assert.ok(label.textContent.startsWith(`step ${at} of 10`) && label.textContent.length <= room.length);
  }
});

test("timeline: a button a kept step, which looks and goes there", () => {
  const { panel, sent } = show(Timeline, training);
  const [stops, marks] = panel.stops.rows;
  assert.deepEqual(
    [stops, marks].map((row) => row.map((one) => one.dataset.at)),
    [
      ["0", "1", "10"],
      ["1", "10"],
    ],
  );
  assert.equal(marks[0].getAttribute("aria-label"), "Back. First.");
  stops[0].onpointerenter();
  assert.match(panel.slider.label.textContent, /^step 0 of 10/);
  assert.deepEqual(sent, []);
  stops[0].onpointerleave();
  assert.match(panel.slider.label.textContent, /^step 10 of 10/);
  stops[0].onclick();
  assert.deepEqual(sent, [["slid", 0]]);
  panel.receive({ ...training, step: 0 }, panel.send);
  assert.ok(panel.stops.rows[0][0] === stops[0] && panel.list.all("button")[0], "buttons stay, with the focus");
  assert.deepEqual(
    stops.map((one) => one.tabIndex),
    [0, -1, -1],
  );
  assert.deepEqual(
    stops.map((one) => one.getAttribute("aria-current")),
    ["step", "false", "false"],
  );
  mock.timers.tick(60);
  marks[0].onclick();
  assert.deepEqual(sent[1], ["slid", "1"]);
  assert.deepEqual([bus.view.layer, bus.view.head], [1, 2]);
});

test("timeline: arrow keys move along a row of buttons", () => {
  const { panel } = show(Timeline, training);
  const [stops] = panel.stops.rows;
  const focused = [];
  stops.forEach((one, i) => (one.focus = () => focused.push(i)));
  const press = (i, key) => stops[i].onkeydown({ key, preventDefault: () => {} });
  for (const [i, key] of [
    [2, "ArrowLeft"],
    [1, "ArrowRight"],
    [2, "ArrowRight"],
    [2, "Home"],
    [0, "End"],
    [1, "x"],
  ]) {
    press(i, key);
  }
  assert.deepEqual(focused, [1, 2, 2, 0, 2]);
});

test("timeline: one step and one loss, or none, make no picture; equal losses are written once", () => {
  const { panel } = show(Timeline, { ...single, losses: [losses[1]] });
  assert.ok(panel.chart.hidden);
  panel.receive({ ...single, losses: [] }, panel.send);
  assert.ok(panel.chart.hidden);
  panel.receive(
    {
      ...single,
      losses: [
        [0, 2, 2],
        [10, 2, 2],
      ],
    },
    panel.send,
  );
  assert.ok(!panel.chart.hidden);
  assert.deepEqual(panel.canvas.pen.texts.slice(-4), ["step", "0", "10", "2.00"]);
});

test("timeline: losses of a model of one step are read with the pointer", () => {
  const { panel, sent } = show(Timeline, single);
  assert.ok(panel.stops.box.hidden);
  panel.canvas.onpointermove({ offsetX: panel.x(0) + 1 });
  assert.equal(panel.slider.label.textContent, "step 0, validation loss 4.000, training loss 4.100");
  panel.canvas.onpointerleave();
  assert.match(panel.slider.label.textContent, /^step 10, the only one kept/);
  assert.deepEqual(sent, []);
});
