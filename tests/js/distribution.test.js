import assert from "node:assert/strict";
import { test } from "node:test";

import { distribution, entropy, possible, stretches } from "../../assets/components/shared/distribution.js";

const LOGITS = Float32Array.from([2, -1, 0.5, 2, 0, -3]);
const ALL = { temperature: 1, top_k: 0, top_p: 1, greedy: false };
const near = (found, wanted) => {
  assert.equal(found.length, wanted.length);
  wanted.forEach((x, i) => assert.ok(Math.abs(found[i] - x) < 1e-12, `${i}: ${found[i]} instead of ${x}`));
};

// What gpt.sampling.distribution gives for the same logits.
const KNOWN = [
  [{}, [0.414080310908, 0.020615844749, 0.092393806087, 0.414080310908, 0.056039676159, 0.002790051188]],
  [{ temperature: 0.7, top_k: 4, top_p: 0.8 }, [0.5, 0, 0, 0.5, 0, 0]],
  [{ temperature: 2.5, top_k: 3 }, [0.392339702879, 0, 0.215320594242, 0.392339702879, 0, 0]],
  [{ top_p: 0.05 }, [1, 0, 0, 0, 0, 0]],
  [{ temperature: 1.3, top_k: 2, top_p: 0.9, greedy: true }, [1, 0, 0, 0, 0, 0]],
];

test("the same numbers as the engine's, ties to the smaller id", () => {
  for (const [settings, wanted] of KNOWN) near(distribution(LOGITS, { ...ALL, ...settings }).p, wanted);
});

test("what was removed says by what, and keeps its share of before", () => {
  const { removed, before, order } = distribution(LOGITS, { ...ALL, top_k: 4, top_p: 0.85 });
  assert.deepEqual(removed, ["", "top-k", "", "", "top-p", "top-k"]);
  assert.deepEqual(order, [0, 3, 2, 4, 1, 5]);
  near(before, KNOWN[0][1]);
  assert.deepEqual(distribution(LOGITS, { ...ALL, greedy: true }).removed.slice(1), Array(5).fill("greedy"));
});

test("top-p of 1 keeps what rounding would lose", () => {
  assert.equal(
    possible(
      distribution(
        Float32Array.from({ length: 50 }, (_, i) => -i),
        ALL,
      ).p,
    ),
    50,
  );
});

test("entropy is in bits", () => {
  assert.equal(entropy(Float64Array.from([0.25, 0.25, 0.25, 0.25])), 2);
  assert.equal(entropy(Float64Array.from([1, 0])), 0);
});

test("u falls on the token whose stretch it lies in", () => {
  const p = Float64Array.from([0.2, 0, 0.5, 0.3]);
  const { starts } = stretches(p, 0);
  assert.deepEqual(starts, [
    [0, 0],
    [2, 0.2],
    [3, 0.7],
  ]);
  for (const [u, id] of Object.entries({ 0: 0, 0.19: 0, 0.2: 2, 0.69: 2, 0.7: 3, 0.999: 3 })) {
    assert.equal(stretches(p, +u).hit, id);
  }
});
