// What matters: a click keeps an edit, another takes it out; which edit a cell is; guesses as points.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pointsOf } from "../../assets/components/panels/foretold.js";
import { wordAt } from "../../assets/components/panels/knockgrid.js";
import { isKept, toggled } from "../../assets/components/shared/keeping.js";

test("a click keeps an edit, a second takes it out, and one that is off is switched on", () => {
  assert.equal(toggled("", "head.1.6.zero"), "head.1.6.zero");
  assert.equal(toggled("head.1.6.zero", "mlp.1.mean"), "head.1.6.zero~mlp.1.mean");
  assert.equal(toggled("head.1.6.zero~mlp.1.mean", "head.1.6.zero"), "mlp.1.mean");
  assert.equal(toggled("-head.1.6.zero~mlp.1.mean", "head.1.6.zero"), "head.1.6.zero~mlp.1.mean");
  assert.equal(toggled(Array(12).fill("off.norm").join("~"), "mlp.1.mean"), null);
  assert.deepEqual([isKept("-mlp.1.zero", "mlp.1.zero"), isKept("a~mlp.1.zero", "mlp.1.zero")], [false, true]);
});

test("a cell's edit is that of its row and column; the last column may be another kind", () => {
  const cells = [{ C: 3 }];
  const grid = { words: ["head.1.#.zero", "head.2.#.zero"], ends: ["mlp.1.zero", "mlp.2.zero"], cells };
  assert.deepEqual([wordAt(grid, 1, 1), wordAt(grid, 1, 2)], ["head.2.2.zero", "mlp.2.zero"]);
  assert.equal(wordAt({ words: ["cut.all.all.9.#"], ends: [], cells }, 0, 2), "cut.all.all.9.3");
});

test("a guess is a point a part; the largest losses have names", () => {
  const parts = ["a", "b", "c", "d"];
  const data = { parts, truth: [0.1, -3, 2, 1], guesses: [["attention", "+0.1", [1, 2, 3, 4]]], best: 0, kind: "x" };
  const [points] = pointsOf(/** @type {any} */ (data), 0);
  assert.deepEqual([points.x, points.y, points.labels], [[1, 2, 3, 4], data.truth, ["", "b", "c", "d"]]);
  assert.deepEqual(pointsOf(/** @type {any} */ (data), -1), []);
});
