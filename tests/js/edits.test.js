// A stack of edits in words: what the form tells, and what a slider and a move make of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tellPair } from "../../assets/components/panels/beforeafter.js";
import { fieldsOf, KINDS, lineOf, needsOther } from "../../assets/components/shared/editfields.js";
import { History } from "../../assets/components/shared/edithistory.js";
import { amountWord, kindOf, reordered, stackWords, withAmount } from "../../assets/components/shared/editwords.js";

/** @type {any} */
const data = {
  L: 2,
  H: 2,
  N: 8,
  causal: true,
  tokens: ["a", " ", "b"],
  sites: [
    ["attn_out", "what attention writes", "vector"],
    ["z", "what heads hand on", "head"],
    ["mlp_post", "neurons", ""],
  ],
  parts: [["norm", "layer norm"]],
  vocabulary: [
    [0, "\n"],
    [1, "a"],
  ],
};
const START = { layer: "2", head: "1", mode: "zero", token: "3", query: "3", of: "token", site: "attn_out" };

/** @param {string} kind @param {Record<string, string>} [values] */
const told = (kind, values = {}) => {
  const all = { ...START, ...values };
  return lineOf(kind, all, fieldsOf(kind, all, data));
};

test("each kind is told in the words of the link", () => {
  const words = Object.keys(KINDS).map((kind) => told(kind));
  assert.deepEqual(words, [
    "head.2.1.zero",
    "mlp.2.zero",
    "attn.2.zero",
    "token.3.zero",
    "neuron.2.1",
    "scale.attn_out.2.all.2.0",
    "patch.attn_out.2.all.all",
    "add.attn_out.2.all.4.0.token.1",
    "weight.2.1.3.3.0.5",
    "cut.all.all.3.3",
    "off.norm",
  ]);
});

test("a head or a token is asked for only where the site has one", () => {
  assert.equal(told("scale", { site: "z", "head-or-all": "2" }), "scale.z.2.2.2.0");
  assert.equal(told("scale", { site: "mlp_post", "head-or-all": "2" }), "scale.mlp_post.2.all.2.0");
  assert.equal(told("patch", { site: "attn_out", "token-or-all": "2" }), "patch.attn_out.2.all.2");
  assert.equal(told("patch", { site: "z", "token-or-all": "2" }), "patch.z.2.all.all");
  assert.equal(told("add", { site: "z" }).split(".")[1], "attn_out");
  assert.equal(told("add", { of: "neuron", "of-layer": "1", "of-neuron": "8" }), "add.attn_out.2.all.4.0.neuron.1.8");
  assert.equal(told("add", { of: "prompts" }), "add.attn_out.2.all.4.0.prompts");
});

test("what is chosen is brought to what there is", () => {
  const values = { ...START, layer: "9", query: "40", key: "7" };
  fieldsOf("weight", values, data);
  assert.deepEqual([values.layer, values.query, values.key], ["2", "3", "3"]);
  const one = fieldsOf("cut", { ...START }, { ...data, tokens: ["a"] });
  assert.match(one.find(({ name }) => name === "query")?.problem ?? "", /type more tokens/);
});

test("a number that cannot be is told beside its field", () => {
  const problem = (/** @type {string} */ kind, /** @type {Record<string, string>} */ values) =>
    fieldsOf(kind, { ...START, ...values }, data).find((one) => one.problem)?.problem ?? "";
  assert.equal(problem("weight", { "amount-weight": "1.5" }), "Give a number from 0 to 1.");
  assert.equal(problem("scale", { "amount-scale": "" }), "Give a number from -1000 to 1000.");
  assert.equal(problem("neuron", { neuron: "9" }), "Give a whole number from 1 to 8.");
  assert.equal(problem("neuron", { neuron: "1.5" }), "Give a whole number from 1 to 8.");
  assert.equal(problem("scale", { "amount-scale": "-2" }), "");
});

test("only what comes from the other prompt needs it", () => {
  const needing = Object.keys(KINDS).filter((kind) => needsOther(kind, { of: "token" }));
  assert.deepEqual(needing, ["patch"]);
  assert.ok(needsOther("add", { of: "prompts" }));
});

test("a slider changes the number alone", () => {
  assert.deepEqual([2, 0.5, -1, 1 / 3, -0].map(amountWord), ["2.0", "0.5", "-1.0", "0.3333", "0.0"]);
  assert.equal(withAmount("scale.attn_out.2.1.1.5", -0.25), "scale.attn_out.2.1.-0.25");
  assert.equal(withAmount("add.resid_post.2.all.4.0.token.17", 10), "add.resid_post.2.all.10.0.token.17");
  assert.equal(withAmount("weight.2.1.9.3.0.5", 1), "weight.2.1.9.3.1.0");
  assert.equal(withAmount("head.1.6.zero", 3), "head.1.6.zero");
  assert.equal(kindOf("weight.2.1.9.3.0.5"), kindOf("weight.2.1.9.3.0.75"));
});

test("lines are ordered and written", () => {
  assert.deepEqual(reordered(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(reordered(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  assert.deepEqual(reordered(["a", "b"], 1, 9), ["a", "b"]);
  const lines = [
    { words: "head.1.6.zero", on: true },
    { words: "mlp.3.mean", on: false },
  ];
  assert.equal(stackWords(lines), "head.1.6.zero~-mlp.3.mean");
  assert.equal(stackWords([]), "");
});

test("a weight is told before and after, with its places in the whole text", () => {
  /** @type {any} */
  const shown = { tokens: ["a", " "], start: 0, causal: true };
  assert.equal(tellPair(shown, [1, 0], 0.25, 1), "“·” (2) gives “a” (1) 25.0 % before, 100.0 % after.");
  assert.equal(tellPair({ ...shown, start: 40 }, [0, 1], 0, 0), "“a” (41) cannot see “·” (42).");
});

test("what was changed elsewhere can be undone too, what was asked for only once", () => {
  const [none, one, two] = ["", "head.1.1.zero", "mlp.1.zero"].map((edits) => ({ edits, other: "" }));
  const history = new History();
  history.follow(none);
  assert.ok(history.empty);
  history.remember(none);
  history.expected = one.edits;
  history.follow(one);
  history.follow(two); // by the bar on top
  assert.deepEqual([history.back(), history.back(), history.back()], [one, none, undefined]);
});
