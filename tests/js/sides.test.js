// A and B: while one types B's prompt, an older answer of Python takes nothing back.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Sides from "../../assets/components/panels/sides.js";

beforeEach(reset);

const data = {
  T: 2,
  a: "mini",
  models: [["mini", "mini"]],
  model: "mini",
  steps: [0, 5],
  step: 5,
  text: "ab",
  own: true,
  changed: "ac",
  limit: 2_000,
  edits: null,
  quick: [["the same prompt at step 0", { step2: "0" }]],
  swaps: 3,
  found: "",
  note: "",
};

test("what is typed stays until Python has heard it, and is told at once when the box is left", () => {
  const { panel, sent } = show(Sides, data);
  const receive = (/** @type {string} */ text) => panel.receive({ ...data, text }, panel.send);
  assert.equal(panel.box.value, "ab");
  panel.box.value = "abcd";
  panel.typed();
  receive("abc");
  assert.equal(panel.box.value, "abcd", "an older answer");
  receive("abcd");
  receive("other");
  assert.equal(panel.box.value, "other", "Python chose");
  panel.box.value = "";
  panel.typed();
  panel.left();
  assert.equal(sent.length, 1);
  assert.deepEqual([sent[0][0], sent[0][1].other, sent[0][1].prompt2], ["choice", "", ""]);
  receive("ac");
  assert.equal(panel.box.value, "ac");
});

test("another model begins at its newest step, and each swap has its own number", () => {
  const { panel, sent } = show(Sides, data);
  panel.choose({ model2: "copy" });
  panel.swap();
  panel.swap();
  assert.equal(sent[0][1].step2, "");
  panel.same.checked = true; // to be with the edits on A's prompt is to be A, which is a choice too
  panel.edits.onchange();
  assert.equal(sent.pop()[1].prompt2, "a");
  assert.deepEqual(
    sent.slice(1).map(([state, value]) => [state, value.n]),
    [
      ["swap", 4],
      ["swap", 5],
    ],
  );
});
