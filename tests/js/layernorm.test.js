// The layer norm that the browser computes, what an edit moves, and what the maps tell Python.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import EveryNorm, { tellNorm } from "../../assets/components/panels/everynorm.js";
import Gains, { tellGain } from "../../assets/components/panels/gains.js";
import NormSteps, { layerNorm, tellMoved } from "../../assets/components/panels/normsteps.js";
import NormHist from "../../assets/components/panels/normhist.js";
import NormOff from "../../assets/components/panels/normoff.js";
import NormTable, { levelled } from "../../assets/components/panels/normtable.js";
import Placements from "../../assets/components/panels/placements.js";
import { bus } from "../../assets/components/shared/bus.js";

beforeEach(reset);

const none = new Float32Array();
const close = (found, wanted) => wanted.forEach((value, i) => assert.ok(Math.abs(found[i] - value) < 1e-4));
const steps = {
  C: 3,
  title: "One token",
  sentence: "",
  eps: 1e-5,
  step: "output",
  dimension: 1,
  lost: ["a", "b"],
  x: Float32Array.from([7, 8, 9]),
  gain: Float32Array.from([1, 2, 1]),
  bias: Float32Array.from([0, 1, 0]),
};
const every = {
  T: 2,
  M: 3,
  kinds: 4,
  tokens: ["a", "b"],
  labels: ["attn 1", "mlp 1", "final"],
  names: ["before attention 1", "before MLP 1", "the final norm"],
  words: ["attn.1", "mlp.1", "final"],
  at: 0,
  sentence: "",
  waits: false,
  stats: Float32Array.from({ length: 24 }, (_, i) => i),
};
const gains = {
  M: 3,
  C: 4,
  labels: every.labels,
  words: every.words,
  at: 2,
  dimension: 0,
  sentence: "",
  found: [["far out", [[3, "in 1 norm"]]]],
  gain: Float32Array.from({ length: 12 }, (_, i) => i / 4),
  bias: none,
};

test("layer norm: the example of the tutorials, gain and bias, a size that is lost", () => {
  close(layerNorm([7, 8, 9], none, none, 1e-5).divided, [-1.2247, 0, 1.2247]);
  close(layerNorm(steps.x, steps.gain, steps.bias, 1e-5).output, [-1.2247, 1, 1.2247]);
  close(layerNorm([70, 80, 90], none, none, 1e-5).divided, [-1.2247, 0, 1.2247]);
  const { mean, variance } = layerNorm([1, 2, 3, 6], none, none, 0);
  assert.deepEqual([mean, variance], [3, 3.5]);
});

test("an edited number moves all outputs; undone, nothing has moved", () => {
  const { panel, sent } = show(NormSteps, steps);
  const before = panel.lines.map(({ results }) => results[2][1].textContent);
  assert.deepEqual(before, ["-1.2247", "1.0000", "1.2247"]);
  panel.lines[2].box.value = "12";
  panel.lines[2].box.oninput();
  panel.lines.forEach(({ results }, i) => assert.notEqual(results[2][1].textContent, before[i]));
  assert.match(
    panel.moved.textContent,
    /^The mean moved from 8\.0000 to 9\.0000, .*; 3 of 3 outputs moved, number 2 most/,
  );
  panel.undo();
  assert.deepEqual(
    panel.lines.map(({ results }) => results[2][1].textContent),
    before,
  );
  assert.equal(panel.moved.textContent, "");
  assert.deepEqual(sent, []);
});

test("another mean is lost; nonsense counts as what was there; new numbers begin without edits", () => {
  const { panel } = show(NormSteps, steps);
  panel.editAll((x) => x + 1);
  assert.match(panel.moved.textContent, /from 8\.0000 to 9\.0000, .*; no output moved\.$/);
  panel.edit(0, "e");
  panel.edit(0, "1e99");
  assert.equal(panel.edited[0], 7);
  panel.receive({ ...steps, x: Float32Array.from([1, 2, 3]) }, () => {});
  assert.deepEqual([...panel.edited], [1, 2, 3]);
  assert.match(tellMoved(layerNorm([1, 2], none, none, 0), layerNorm([1, 3], none, none, 0)), /no output moved/);
});

test("a click on a result, or a step, asks for its sum", () => {
  const { panel, sent } = show(NormSteps, steps);
  panel.lines[1].results[1][1].onclick();
  panel.steps.all("button")[2].onclick();
  assert.deepEqual(sent, [
    ["choice", { "ln-sum": "divided.2" }],
    ["choice", { "ln-sum": "spread" }],
  ]);
});

test("the four maps: a click chooses norm, token and number; arrows move", () => {
  const { panel, sent } = show(EveryNorm, every);
  assert.equal(tellNorm(every, 1, 0).slice(0, 40), "“a” (1), before MLP 1: mean 8.00, spread");
  const { left, top } = panel.frames[1];
  panel.click({ offsetX: left + 1, offsetY: top + 14 });
  assert.deepEqual(sent, [["choice", { ln: "mlp.1", "ln-sum": "spread" }]]);
  assert.equal(bus.view.pin, 0);
  panel.key({ key: "ArrowDown", preventDefault: () => {} });
  panel.key({ key: "ArrowRight", preventDefault: () => {} });
  assert.deepEqual(sent[1], ["choice", { ln: "final" }]);
  assert.equal(bus.view.pin, 1);
  assert.equal(panel.cell({ offsetX: 2, offsetY: 2 }), null);
});

test("gains: what stands out and what is clicked is worked out", () => {
  const { panel, sent } = show(Gains, gains);
  assert.equal(tellGain(gains, 1, 2), "Dimension 3, mlp 1: gain 1.5000.");
  panel.list.all("button")[0].onclick();
  panel.key({ key: "ArrowUp", preventDefault: () => {} });
  assert.deepEqual(sent, [
    ["choice", { ln: "final", "ln-sum": "output.4" }],
    ["choice", { ln: "mlp.1", "ln-sum": "output.4" }],
  ]);
});

test("without norms nothing is drawn, and it is said why", () => {
  const empty = { M: 0, T: 0, C: 0, labels: [], words: [], names: [], tokens: [], at: 0, sentence: "None.", found: [] };
  assert.equal(show(EveryNorm, { ...every, ...empty, stats: none }).panel.note.textContent, "None.");
  assert.equal(show(Gains, { ...gains, ...empty, gain: none }).panel.note.textContent, "None.");
  const bare = { ...steps, C: 0, sentence: "None.", x: none, gain: none, bias: none, lost: [] };
  assert.equal(show(NormSteps, bare).panel.note.textContent, "None.");
});

test("three by three: rows or columns, and what an edit moves", () => {
  const nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  close(levelled(nine, false, 1e-5).slice(0, 3), [-1.2247, 0, 1.2247]);
  close(levelled(nine, true, 1e-5).slice(0, 3), [-1.2247, -1.2247, -1.2247]);
  const { panel } = show(NormTable, { eps: 1e-5, own: "On your prompt." });
  panel.edit(8, "20");
  assert.match(
    panel.told.textContent,
    /^Of the numbers 1 to 9, 1 are changed: 3 of layer norm's 9 results moved, 3 of/,
  );
  panel.all(nine.map((x, i) => (i < 6 ? x : 10 * x)));
  assert.match(panel.told.textContent, /3 are changed: 0 of layer norm's 9 results moved, 9 of batch norm's\.$/);
  panel.edit(0, "nonsense");
  assert.equal(panel.table[0], 0);
  assert.equal(panel.own.textContent, "On your prompt.");
});

test("histograms, what is left out, and models trained alike say their numbers aloud", () => {
  const stages = ["before", "levelled", "times gain"];
  const lying = { N: 3, bins: 3, sentence: "", stages, most: [2, 2, 2], mean: [0, 0, 0], spread: [0.9, 1, 1.1] };
  const { panel: histogram } = show(NormHist, { ...lying, counts: Float32Array.from([1, 5, 1, 2, 3, 2, 3, 1, 3]) });
  assert.match(histogram.canvas.getAttribute("aria-label"), /levelled: mean 0\.00, spread 1\.00/);
  const options = [
    ["", "none"],
    ["final", "the final norm"],
  ];
  const lengths = [
    ["as trained", [1, 2]],
    ["without", [1, 40]],
  ];
  const left = { options, off: "final", sentence: "", labels: ["attn 1", "final"], lengths, facts: [], tops: [] };
  const { panel: off, sent } = show(NormOff, left);
  assert.match(off.canvas.getAttribute("aria-label"), /as trained 1, 2; without 1, 40\.$/);
  off.pick.value = "";
  off.pick.onchange();
  assert.deepEqual(sent, [["choice", { "ln-off": "" }]]);
  const rows = [0, 700].map((step) => ["pre", 1, step, 2, [1, 5], [0.5, 0.25 + step]]);
  const { panel } = show(Placements, { kinds: [["pre", "before"]], steps: [0, 700], rows, sentence: "", facts: [] });
  assert.match(panel.pictures[1].getAttribute("aria-label"), /pre 0\.5 to 700\.$/);
  panel.pick.value = "0";
  panel.pick.onchange();
  assert.match(panel.pictures[1].getAttribute("aria-label"), /pre 0\.5 to 0\.25\.$/);
});
