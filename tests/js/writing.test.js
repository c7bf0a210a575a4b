// A text as a tree, the pace of a run, and which pass of the writing computes what.

import assert from "node:assert/strict";
import { test } from "node:test";

import { allProducts, passOf, products } from "../../assets/components/panels/cachemap.js";
import {
  asJson,
  asRows,
  asText,
  depthAt,
  inWords,
  numbers,
  pathOf,
  strength,
} from "../../assets/components/shared/branches.js";
import { Pace } from "../../assets/components/shared/pace.js";

const place = { nats: 1, distinct: null, repeat: 0 };
/** @type {any} */
const tree = {
  tokens: ["x", "\n"],
  words: ["a", "b", "=c"],
  ids: [7, 8, 9],
  word: new Uint16Array([0, 1, 2, 2, 1]),
  nats: new Float32Array([0, 1, 2, 3, 4]),
  ranks: new Uint16Array([1, 2, 3, 4, 5]),
  branches: [
    { ...place, name: "one", parent: -1, depth: 0, tokens: 3 },
    { ...place, name: "two", parent: 0, depth: 1, tokens: 2 },
    { ...place, name: "three", parent: 1, depth: 2, tokens: 3 },
  ],
};

test("a branch's path runs through those that it leaves", () => {
  assert.deepEqual(
    [0, 1, 2].map((branch) => pathOf(tree, branch)),
    [
      [0, 1, 2],
      [0, 3],
      [0, 3, 4],
    ],
  );
  assert.deepEqual(pathOf(tree, 9), []);
  assert.equal(asText(tree, 2), "x\na=cb");
});

test("files hold every token of every branch", () => {
  const rows = asRows(tree);
  assert.equal(rows.length, 1 + 3 + 2 + 3);
  assert.deepEqual(rows[5], [2, "two", 2, 9, "=c", Math.exp(-3), 4, 3 / Math.LN2]);
  const { prompt, branches } = JSON.parse(asJson(tree));
  assert.equal(prompt, "x\n");
  assert.deepEqual(branches[1].ids, [7, 9]);
  assert.deepEqual(branches[2].leaves, { branch: "two", after: 2 });
});

test("the less expected, the stronger, by each measure", () => {
  for (const shade of /** @type {const} */ (["probability", "rank", "surprise"])) {
    const all = [strength(shade, 0, 1), strength(shade, 1, 4), strength(shade, 9, 60)];
    assert.ok(all[0] === 0 && all[0] < all[1] && all[1] < all[2] && all[2] <= 1, shade);
  }
  assert.equal(inWords(Math.LN2, 2), "50 %, rank 2, 1.00 bits");
  assert.equal(numbers({ ...tree.branches[0], nats: 3 * Math.LN2 }).perplexity, "2");
  assert.equal(depthAt(tree, 304, 2 + 12 * 1.5), 2);
});

test("a run asks for as many as the screen needs, and never for more than Python draws at once", () => {
  const pace = new Pace();
  assert.equal(pace.ask(200, 0), 5);
  for (const at of [100, 200, 300, 400]) {
    pace.came(at);
    pace.ask(200, at);
  }
  assert.ok(pace.ask(200, 400) >= 8 && pace.ask(200, 400) <= 9);
  pace.came(10_400);
  assert.equal(pace.ask(200, 0), 16);
  assert.equal(pace.ask(3, 0), 3);
});

test("one token a pass while the text fits, all of them once the window slides", () => {
  const sizes = { prompt: 3, block: 5, causal: true, token: 10, pair: 2 };
  const passes = [0, 1, 2, 3].map((step) => passOf(sizes, step));
  assert.deepEqual(passes, [
    { made: 3, kept: 0 },
    { made: 1, kept: 3 },
    { made: 1, kept: 4 },
    { made: 5, kept: 0 },
  ]);
  assert.deepEqual(passOf({ ...sizes, causal: false }, 1), { made: 4, kept: 0 });
  assert.equal(products(sizes, passes[1]), 10 + 2 * 4);
  const { kept, anew } = allProducts(/** @type {any} */ (sizes), 2);
  assert.deepEqual([kept, anew], [48 + 18 + 20, 48 + 72 + 100]);
});
