// Every step from logits to probabilities: the numbers are Python's (tests/data/pipeline.json), and so are the words.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Draw from "../../assets/components/panels/draw.js";
import Pipeline from "../../assets/components/panels/pipeline.js";
import { bus } from "../../assets/components/shared/bus.js";
import { distribution } from "../../assets/components/shared/distribution.js";
import { pipeline, ranks, REMOVED_BY, STEPS, USUAL } from "../../assets/components/shared/pipeline.js";
import { besides, difference, explain } from "../../assets/components/shared/pipelinewords.js";
import { fromStop, toStop } from "../../assets/components/shared/samplingknobs.js";
import { swapped } from "../../assets/components/shared/steporder.js";

beforeEach(reset);

const python = JSON.parse(readFileSync(new URL("../data/pipeline.json", import.meta.url), "utf-8"));
const row = (values) => Float64Array.from(values, (x) => x ?? -Infinity);
const ALL = {
  temperature: 1,
  top_k: 0,
  top_p: 1,
  greedy: false,
  min_p: 0,
  repetition_penalty: 1,
  order: USUAL,
  seed: 1,
};
const near = (found, wanted, what) =>
  wanted.forEach((x, i) => {
    const same = found[i] === x || Math.abs(found[i] - x) < 1e-9;
    assert.ok(same, `${what} of ${i}: ${found[i]} instead of ${x}`);
  });

test("pipeline: every column is the engine's, in every order", () => {
  const logits = row(python.logits);
  const known = ranks(logits);
  for (const one of python.cases) {
    const found = pipeline(logits, { ...ALL, ...one.settings }, python.seen, known);
    for (const step of STEPS) near(found.after[step], row(one[step]), step);
    near(found.p, row(one.probabilities), "probability");
    near(found.cumulative, row(one.cumulative), "cumulative");
    found.removed.forEach((code, i) => logits[i] > -Infinity && assert.equal(REMOVED_BY[code], one.removed_by[i]));
    near(distribution(logits, { ...ALL, ...one.settings }, python.seen).p, row(one.probabilities), "probability");
  }
});

test("pipeline: numbers of 32 bits are sorted as all others are: signs, equals, impossible ones, both zeros", () => {
  const odd = Float32Array.from([0, -0, 1, -1, -Infinity, 1e-40, -1e-40, 3e38, -3e38, 1, 0, -Infinity, -0.5]);
  const all = Float32Array.from({ length: 3000 }, (_, i) => Math.round(Math.sin(i * 12.9898) * 40) / 4);
  for (const one of [odd, all]) assert.deepEqual([...ranks(one).order], [...ranks([...one]).order]);
});

test("pipeline: what acts without a knob of its own is said", () => {
  assert.equal(
    besides({ ...ALL, min_p: 0.05, repetition_penalty: 1.2, order: "x" }),
    " Also: min-p 0.05, penalty 1.2, another order.",
  );
  assert.equal(besides(ALL), "");
});

test("pipeline: likeliest first once the penalty has moved some, equals by their ids", () => {
  const { order } = pipeline([3, 2, 2, 1, -1], { ...ALL, repetition_penalty: 2 }, [0, 4]);
  assert.deepEqual([...order], [1, 2, 0, 3, 4]);
  assert.deepEqual([...pipeline([3, 2, 2, 1, -1], { ...ALL, repetition_penalty: 0.5 }, [3]).order], [0, 1, 2, 3, 4]);
});

test("pipeline: 50,257 rows are computed within a frame once they are sorted", () => {
  const logits = Float32Array.from({ length: 50257 }, (_, i) => Math.sin(i * 12.9898) * 8);
  const known = ranks(logits);
  const settings = { ...ALL, top_k: 40000, top_p: 0.95, min_p: 0.001, repetition_penalty: 1.2 };
  const seen = [1, 5, 900];
  const times = [0, 1, 2, 3, 4, 5, 6].map((i) => {
    const before = performance.now();
    const { p } = pipeline(logits, { ...settings, temperature: 1 + i / 10 }, seen, known);
    assert.ok(Math.abs(p.reduce((a, b) => a + b) - 1) < 1e-9);
    return performance.now() - before;
  });
  assert.ok(Math.min(...times) < 200, `${times}`); // a busy machine's bound; 10 ms on an idle one
});

test("pipeline: a token's numbers are told with their operands, step by step", () => {
  const logits = [2, 1, 0, -1];
  const settings = { ...ALL, temperature: 0.5, top_k: 3, top_p: 0.9, min_p: 0.1, repetition_penalty: 2 };
  const lines = (id) => Object.fromEntries(explain(pipeline(logits, settings, [0, 3]), settings, [0, 3], id));
  const first = lines(0);
  assert.equal(first["penalty 2"], "in the text: 2 / 2 = 1");
  assert.equal(first["÷ T 0.5"], "1 / 0.5 = 2");
  assert.equal(first["top-k 3"], "place 1 of 3: stays");
  assert.equal(first["top-p 0.9"], "the likeliest always stays");
  assert.equal(first.renormalised, "exp(2 − 2) / Σ = 1 / 2 = 0.5");
  assert.equal(lines(1).cumulative, "0.5 + 0.5 = 1, by id");
  assert.equal(lines(2)["top-p 0.9"], "before it 0.93662 ≥ 0.9: out");
  assert.equal(lines(2).renormalised, "0: it cannot be drawn");
  assert.equal(lines(3)["penalty 2"], "in the text: −1 · 2 = −2");
  assert.equal(lines(3)["top-k 3"], "place 4 of 3: out");
});

test("pipeline: what another order changes", () => {
  const { more, less, apart } = difference(Float64Array.of(0.5, 0.5, 0), Float64Array.of(0.6, 0, 0.4));
  assert.deepEqual([more, less], [[1], [2]]);
  assert.ok(Math.abs(apart - 0.5) < 1e-12);
  assert.equal(swapped("a.b.c", 1), "a.c.b");
});

test("pipeline: top-k's slider reaches every end of a small and a large vocabulary", () => {
  for (const V of [2, 65, 1024, 50257]) {
    assert.equal(fromStop(toStop(0, V), V), 0);
    assert.equal(fromStop(toStop(1, V), V), 1);
  }
  assert.deepEqual([7, 40].map((k) => fromStop(toStop(k, 65), 65)), [7, 40]); // prettier-ignore
  assert.ok(Math.abs(fromStop(toStop(40, 50257), 50257) - 40) <= 1);
});

const DATA = {
  T: 3,
  V: 4,
  N: 4,
  tokens: ["a", "b", "a"],
  ids: [0, 1, 0],
  vocabulary: ["a", "b", "c", "\n"],
  place: 2,
  key: "x",
  logits: Float32Array.from([1, 3, 2, 0]),
  settings: ALL,
  rev: 1,
};
const texts = (panel, place) => panel.table.space.children[place].children.map((cell) => cell.textContent);

test("pipeline: a row each token, likeliest first or by id; a knob follows at once and is told when it is let go", () => {
  const { panel, sent } = show(Pipeline, DATA);
  panel.body.clientWidth = 1000;
  panel.drawNow();
  assert.match(panel.note.textContent, /^After “a” \(3\): 4 of 4 tokens can be drawn\. Uncertainty 1\.\d+ bits\./);
  assert.deepEqual(texts(panel, 0).slice(0, 4), ["1", "b", "3.000", "3.000"]);
  const top_p = panel.knobs.all("input").find((one) => one.getAttribute("data-knob") === "top_p");
  top_p.value = "0.5";
  top_p.oninput();
  panel.drawNow();
  assert.match(panel.note.textContent, /1 of 4 tokens can be drawn; removed by top-p 3/);
  assert.deepEqual(texts(panel, 1).slice(5), ["2.000", "out", "", "0", "1.0000"]);
  assert.equal(panel.table.space.children[1].children[6].className, "cut out");
  assert.deepEqual(sent, []);
  top_p.onchange();
  assert.deepEqual(sent, [["knobs", { ...ALL, top_p: 0.5 }]]);
  panel.byId.onclick();
  assert.deepEqual(texts(panel, 3).slice(0, 3), ["3", "↵", "0.000"]);
  panel.body.clientWidth = 340; // a phone
  panel.drawNow();
  assert.deepEqual(texts(panel, 3).slice(0, 3), ["3", "↵", "0.00"]);
});

test("pipeline: the order of the steps is changed by a button, and what differs is told", () => {
  const { panel, sent } = show(Pipeline, { ...DATA, settings: { ...ALL, top_k: 2, top_p: 0.7 } });
  assert.equal(panel.differs.hidden, true);
  const swap = panel.order.all("button").find((one) => one.getAttribute("aria-label") === "Swap top-k and top-p");
  swap.onclick();
  panel.drawNow();
  assert.equal(sent[0][1].order, "penalty.temperature.top-p.top-k.min-p");
  assert.equal(
    panel.differs.textContent,
    "Against the usual order: also “c” can be drawn; 27 % of the probability lies elsewhere.",
  );
  panel.order
    .all("button")
    .find((one) => one.textContent === "Usual order")
    .onclick();
  assert.equal(sent[1][1].order, USUAL);
});

test("pipeline: arrow keys move the row that is worked out", () => {
  const { panel } = show(Pipeline, DATA);
  const press = (key) => panel.table.box.onkeydown({ key, preventDefault() {} });
  const name = () => panel.sums.all("dt")[0].textContent;
  assert.equal(name(), "b");
  press("ArrowDown");
  assert.equal(name(), "c");
  press("End");
  assert.equal(name(), "↵");
  press("ArrowDown");
  press("Home");
  assert.equal(name(), "b");
  assert.equal(panel.table.box.getAttribute("aria-activedescendant"), "row-0");
});

test("pipeline: a large row of logits is asked for once the keys rest", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { panel, sent } = show(Pipeline, { ...DATA, N: 0, logits: new Float32Array(0) });
  assert.equal(panel.note.textContent, "4 logits: they come when you pause.");
  t.mock.timers.tick(1000);
  assert.deepEqual(sent, [["choice", { asked: "x" }]]);
  assert.equal(bus.pipeline, null);
});

test("draw: u falls on a stretch of what the pipeline leaves; another draw, another seed, many at once", () => {
  const { panel: knobs, sent: heard } = show(Pipeline, DATA);
  const data = {
    V: 4,
    vocabulary: DATA.vocabulary,
    seed: 1,
    index: 0,
    again: 0,
    u: 0.5,
    many: 0,
    offered: [1000],
    sentence: "",
  };
  const { panel, sent } = show(Draw, data);
  assert.equal(panel.note.textContent, "Draw 1 of seed 1: u = 0.500000 falls on “b”, 0.0871 to 0.7311 (64 %).");
  panel.again.onclick();
  panel.many.children[0].onclick();
  assert.deepEqual(sent, [
    ["choice", { again: "1" }],
    ["choice", { many: "1000" }],
  ]);
  knobs.reseed(2);
  assert.equal(heard[0][1].seed, 2);
  bus.pipeline = null;
  panel.draw();
  assert.equal(panel.note.textContent, "It waits for something to draw from.");
});
