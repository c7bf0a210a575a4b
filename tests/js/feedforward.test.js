// The feed-forward page's panels: orders, words, bounds; and that no choice overtakes another.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset } from "./support/page.js";

import { bounds } from "../../assets/components/panels/bend.js";
import { ordered, tellOne } from "../../assets/components/panels/neurons.js";
import { signed } from "../../assets/components/panels/pushers.js";
import { before } from "../../assets/components/shared/passages.js";
import { choose } from "../../assets/components/shared/choosing.js";

beforeEach(reset);

const neurons = {
  L: 1,
  N: 4,
  layer: 0,
  neuron: 2,
  where: "",
  token: " ",
  sentence: "",
  before: Float32Array.from([-1, 2, 0.5, 4]),
  after: Float32Array.from([0, 2, 0.5, 4]),
  effect: Float32Array.from([0, -0.75, 0.25, 0.5]),
};

test("neurons: in their own order, by what comes out, by effect of either sign", () => {
  assert.deepEqual(ordered(neurons, "own"), [0, 1, 2, 3]);
  assert.deepEqual(ordered(neurons, "after"), [3, 1, 2, 0]);
  assert.deepEqual(ordered(neurons, "effect"), [1, 3, 2, 0]);
});

test("one neuron in words, counted from 1", () => {
  assert.equal(tellOne(neurons, 1), "Neuron 2: 2.0000 goes in, 2.0000 comes out, and “·” gets -0.7500 of it.");
  assert.equal(tellOne(neurons, 3), "Neuron 4: 4.0000 goes in, 4.0000 comes out, and “·” gets +0.5000 of it.");
  assert.equal(signed(0.5), "+0.5000");
  assert.equal(signed(-0.00001), "-1.00e-5");
});

test("the bend's picture holds every neuron, and from -2 to 2", () => {
  const empty = { before: new Float32Array(), after: new Float32Array() };
  const drawn = { P: 0, K: 0, N: 0, own: 0, neuron: 0, names: [], sentence: "", x: empty.before, y: empty.before };
  assert.deepEqual(bounds({ ...drawn, ...empty }), { low: -2, high: 2, bottom: -0.25, top: 2 });
  const wide = { before: Float32Array.from([-5, 3]), after: Float32Array.from([-0.5, 7]) };
  assert.deepEqual(bounds({ ...drawn, ...wide }), { low: -5, high: 3, bottom: -0.5, top: 7 });
});

test("marks stand below each other: what is before them is counted as it is shown", () => {
  assert.equal(before({ tokens: ["a", "\n", "the", "x"], at: 3 }), 5);
  assert.equal(before({ tokens: ["a"], at: 0 }), 0);
});

test("choices of one moment are told together, later ones alone", (context) => {
  /** @type {unknown[]} */
  const told = [];
  const panel = /** @type {any} */ ({
    send: (/** @type {string} */ state, /** @type {unknown} */ value) => told.push([state, value]),
  });
  let now = 50_000;
  context.mock.method(performance, "now", () => now);
  choose(panel, { neuron: "3" });
  now += 200;
  choose(panel, { look: "1" });
  now += 2_000;
  choose(panel, { look: "2" });
  assert.deepEqual(told, [
    ["choice", { neuron: "3" }],
    ["choice", { neuron: "3", look: "1" }],
    ["choice", { look: "2" }],
  ]);
});
