import assert from "node:assert/strict";
import { test } from "node:test";

import { Attention, headName } from "../../assets/components/shared/attention.js";

const WHOLE = 65535;
const share = (x) => Math.round(x * WHOLE);
const near = (found, wanted) =>
  [...wanted].forEach((x, i) => assert.ok(Math.abs(found[i] - x) < 1e-4, `${[...found]}`));

/** One layer, two heads, three tokens; the allowed half row by row. */
const causal = new Attention({
  L: 1,
  H: 2,
  T: 3,
  causal: true,
  roles: [],
  pattern: Uint16Array.from([1, 0.25, 0.75, 0.5, 0.2, 0.3, 1, 0.9, 0.1, 0, 0.4, 0.6].map(share)),
});

test("a weight is found by layer, head, query and key; the masked ones are 0", () => {
  near([causal.weight(0, 0, 2, 1), causal.weight(0, 1, 1, 0), causal.weight(0, 1, 2, 2)], [0.2, 0.9, 0.6]);
  assert.equal(causal.weight(0, 0, 0, 1), 0);
});

test("without a mask all weights are there", () => {
  const pattern = Uint16Array.from([0.1, 0.9, 0.4, 0.6, 0.2, 0.8, 0.5, 0.5].map(share));
  const all = new Attention({ L: 2, H: 1, T: 2, causal: false, roles: [], pattern });
  near([all.weight(0, 0, 0, 1), all.weight(0, 0, 1, 0), all.weight(1, 0, 0, 1)], [0.9, 0.4, 0.8]);
});

test("a row is of one head, or the mean or the largest of its layer's", () => {
  near(causal.row({ layer: 0, head: 1, mode: "head" }, 2), [0, 0.4, 0.6]);
  near(causal.row({ layer: 0, head: 1, mode: "mean" }, 2), [0.25, 0.3, 0.45]);
  near(causal.row({ layer: 0, head: 0, mode: "max" }, 2), [0.5, 0.4, 0.6]);
});

test("layers and heads count from 1", () => {
  assert.equal(headName({ layer: 0, head: 2, mode: "head" }), "layer 1, head 3");
  assert.equal(headName({ layer: 1, head: 2, mode: "mean" }), "layer 2, mean of its heads");
  assert.equal(headName({ layer: 1, head: 2, mode: "max" }), "layer 2, largest of its heads");
});
