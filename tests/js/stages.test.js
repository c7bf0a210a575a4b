import assert from "node:assert/strict";
import { test } from "node:test";

import {
  LAST,
  SOFTMAX,
  STAGES,
  largest,
  nameOf,
  numberAt,
  says,
  tellNumber,
} from "../../assets/components/shared/stages.js";
import { cellAt } from "../../assets/components/shared/pointer.js";

const payload = {
  T: 2,
  D: 3,
  L: 1,
  layer: 0,
  head: 0,
  tokens: ["a", " "],
  C: 6,
  scale: 1 / Math.sqrt(3),
  causal: true,
  cell: null,
  note: "",
  q: Float32Array.from([1, 2, 3, 4, 5, 6]),
  k: Float32Array.from([0, 0, 0, 7, 8, -9]),
  v: Float32Array.from([0, 0, 0, 0, 0, 0]),
  z: Float32Array.from([0, 0, 0, 0.5, 0, 0]),
  dot: Float32Array.from([1, 50, -3, 4]),
  scaled: Float32Array.from([0.5, 25, -1.5, 2]),
  pattern: Float32Array.from([1, 0, 0.03125, 0.96875]),
};

test("six stages, of which softmax and the last are found by what they show", () => {
  assert.equal(LAST, 5);
  assert.equal(STAGES[SOFTMAX].name, "softmax");
});

test("a stage says what this very model does", () => {
  const [scaled, masked] = [2, 3];
  assert.equal(nameOf(scaled, payload), "÷ √D");
  assert.match(says(scaled, payload), /^Divided by √D/);
  const others = [
    [0, "× 0"],
    [1, "× 1"],
    [Math.sqrt(6), "× √C"],
    [0.3, "× 0.300"],
  ];
  for (const [scale, name] of others) {
    assert.equal(nameOf(scaled, { ...payload, scale }), name);
    assert.doesNotMatch(says(scaled, { ...payload, scale }), /^Divided/);
  }
  assert.match(says(masked, payload), /hidden/);
  assert.doesNotMatch(says(masked, { ...payload, causal: false }), /hidden/);
  assert.equal(says(0, payload), STAGES[0].says);
});

test("numbers are found by row and column, T or D of them a row", () => {
  assert.equal(numberAt(payload, { part: "q", row: 1, column: 2 }), 6);
  assert.equal(numberAt(payload, { part: "dot", row: 1, column: 0 }), -3);
  assert.equal(numberAt(payload, { part: "masked", row: 1, column: 0 }), -1.5);
  assert.equal(numberAt(payload, { part: "masked", row: 0, column: 1 }), -Infinity);
  assert.equal(numberAt({ ...payload, causal: false }, { part: "masked", row: 0, column: 1 }), 25);
});

test("a number in words", () => {
  assert.equal(tellNumber(payload, { part: "k", row: 1, column: 2 }), "k of “·” (2), number 3 of 3: -9.0000.");
  assert.equal(
    tellNumber(payload, { part: "pattern", row: 1, column: 0 }),
    "softmax, “·” (2) looks at “a” (1): 3.13 %.",
  );
  assert.equal(
    tellNumber(payload, { part: "masked", row: 0, column: 1 }),
    "mask, “a” (1) looks at “·” (2): −∞, hidden.",
  );
});

test("the largest of a stage's pictures makes their scale; what is hidden does not count, nor what is out of sight", () => {
  assert.equal(largest(payload, ["q", "k"], 0, 2), 9);
  assert.equal(largest(payload, ["q", "k"], 0, 1), 3);
  assert.equal(largest(payload, ["masked"], 0, 2), 2);
  assert.equal(largest(payload, ["dot"], 1, 2), 4);
});

test("a place of the picture is a cell, or none", () => {
  const grid = { left: 12, top: 12, side: 10, high: 5, R: 3, C: 2 };
  assert.deepEqual(cellAt(grid, 12, 12), [0, 0]);
  assert.deepEqual(cellAt(grid, 31, 26), [2, 1]);
  for (const [x, y] of [
    [11, 20],
    [32, 20],
    [20, 11],
    [20, 27],
  ]) {
    assert.equal(cellAt(grid, x, y), null);
  }
  assert.equal(cellAt(undefined, 1, 1), null);
});
