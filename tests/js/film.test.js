// The film of a training step: how large its maps are, what stands in and under them, and what a number says of itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  hasNumbers,
  inCell,
  ownSize,
  packed,
  scaleWords,
  sheet,
  sizeFor,
} from "../../assets/components/shared/filmmaps.js";
import { fileRows, tellFollowed, tellNumber } from "../../assets/components/shared/filmwords.js";

/**
 * @param {number} R
 * @param {number} C
 * @param {Partial<import("../../assets/components/shared/filmmaps.js").Tensor>} [more]
 * @returns {import("../../assets/components/shared/filmmaps.js").Tensor}
 */
const tensor = (R, C, more = {}) => ({
  name: "query",
  title: "query weights",
  shape: "(C, C)",
  R,
  C,
  kind: "signed",
  weight: "query",
  rows: [...Array(R).keys()].map((r) => `row ${r + 1}`),
  columns: [...Array(C).keys()].map((c) => `column ${c + 1}`),
  down: [],
  across: [],
  split: [0, 0],
  text: [],
  marks: [],
  ...more,
});

test("the largest cells are taken with which a scene's figures have room", () => {
  const six = [tensor(6, 6), tensor(6, 6)];
  const [large] = sizeFor(six, false, 1200, 430);
  const [small] = sizeFor([...six, ...six, ...six, ...six], false, 1200, 430);
  assert.ok(large > small);
  for (const both of [false, true]) {
    for (const width of [330, 760, 1206]) {
      const size = sizeFor(six, both, width, 430);
      assert.ok(packed(six, both, size, width) <= 430 || size[0] === 9);
    }
  }
  assert.equal(
    packed([six[0], undefined, six[1]], false, [9, 9], 1200),
    2 * packed([six[0]], false, [9, 9], 1200) + 12,
  );
});

test("no map is wider than the room, and one of many rows is no higher than one of sixteen", () => {
  for (const room of [300, 330, 1206]) {
    for (const [R, C] of [
      [12, 24],
      [24, 6],
      [16, 16],
    ]) {
      const [wide, high] = ownSize(tensor(R, C), false, [76, 36], room);
      assert.ok(wide * C + 2 <= room + 1e-9);
      assert.ok(high * R <= 16 * 36 + 1e-9);
    }
  }
  const [beside] = ownSize(tensor(6, 6), true, [76, 36], 330);
  assert.ok(2 * (beside * 6 + 2) + 12 <= 330, "its gradients stand beside it");
});

test("small numbers are written in thousandths, and that is said where they stand", () => {
  const small = sheet(tensor(1, 3), Float32Array.of(0.012, -0.0004, 0));
  assert.equal(small.power, -3);
  assert.deepEqual([inCell(0.012, -3), inCell(-0.0004, -3), inCell(0, -3)], ["12.0", "-0.40", "0"]);
  assert.equal(scaleWords(small, "grad", true), "grad ±0.012, in thousandths");
  assert.equal(scaleWords(small, "grad", false), "grad ±0.012");
  assert.equal(inCell(-0.004, 0), "0");
  assert.equal(scaleWords(sheet(tensor(1, 2), Float32Array.of(0, 2.5)), "", true), "up to 2.5");
  assert.equal(scaleWords(sheet(tensor(1, 2), Float32Array.of(0, 0)), "", true), "all 0");
  assert.ok(hasNumbers([38, 18]) && !hasNumbers([26, 13]));
});

test("a number says where it is, what it is and what its gradient means", () => {
  const one = tensor(2, 2);
  assert.equal(
    tellNumber(one, [1, 0], -0.25, 0.04),
    "query · query weights: row 2, column 1: -0.2500, gradient 0.0400: " +
      "0.001 more of it would raise the mean loss by about 0.00004.",
  );
  assert.match(tellNumber(one, [0, 1], 1, -2), /would lower the mean loss by about 0.002\.$/);
  assert.match(tellNumber(one, [0, 1], 1, 0), /gradient 0.0000: a little more of it leaves the loss as it is\.$/);
  assert.equal(tellNumber({ ...one, name: "step.m" }, [0, 0], 1, NaN), "m · query weights: row 1, column 1: 1.0000.");
  const ids = tensor(1, 2, {
    name: "inputs",
    title: "what is read",
    kind: "token",
    text: ["R", "o"],
    rows: ["window 1"],
  });
  assert.equal(
    tellNumber(ids, [0, 1], 12, NaN),
    "inputs · what is read: window 1, column 2: “o”, number 12 of the vocabulary.",
  );
});

test("the followed weight tells its step", () => {
  const stages = ["old", "gradient", "m", "m_hat", "new"].map((name) => tensor(2, 2, { name: `step.${name}` }));
  const values = Float32Array.from({ length: 24 }, (_, i) => i / 8);
  assert.equal(
    tellFollowed([tensor(2, 2), ...stages], values, "query.2.1"),
    "Framed in orange, the followed weight, query weights, row 2, column 1: " +
      "old 0.7500, gradient 1.2500, m 1.7500, new 2.7500. Point at any number to read it.",
  );
});

test("the file has every number with its gradient, or none", () => {
  const rows = fileRows([tensor(1, 2), tensor(1, 1)], Float32Array.of(1, 2, 3), Float32Array.of(0.5, -0.5, NaN));
  assert.deepEqual(rows, [
    ["tensor", "row", "column", "value", "gradient"],
    ["query", "row 1", "column 1", 1, 0.5],
    ["query", "row 1", "column 2", 2, -0.5],
    ["query", "row 1", "column 1", 3, null],
  ]);
});
