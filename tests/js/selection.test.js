// What is selected: told to Python by one panel, taken from it, and drawn alike by all.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { stages } from "./support/model.js";
import { frame, reset, show } from "./support/page.js";

import Neuron from "../../assets/components/panels/neuron.js";
import Norms from "../../assets/components/panels/norms.js";
import Selection from "../../assets/components/panels/selection.js";
import Stages from "../../assets/components/panels/stages.js";
import Switches from "../../assets/components/panels/switches.js";
import { bus, move } from "../../assets/components/shared/bus.js";
import { pairOf, tellCell } from "../../assets/components/shared/selected.js";

beforeEach(reset);

const nothing = { layer: 0, head: 1, mode: "head", pin: null, norm: 0, cell: null, switches: [] };
const data = {
  ...nothing,
  rev: 1,
  n: 4,
  tokens: ["a", " ", "c"],
  titles: { mask: "Causal mask off.", scale: "Scale off." },
  ignores: [],
};
const said = ({ panel }) => panel.chips.all("button").map((button) => button.textContent);

test("Python is told what is selected, with a number, and not told back what it said", () => {
  const shown = show(Selection, data);
  assert.deepEqual(shown.sent, []);
  assert.equal(bus.view.head, 1);
  move({ pin: 2 });
  move({ cell: ["dot", 2, 0] });
  const [first, second] = shown.sent;
  assert.deepEqual(first, ["view", { ...nothing, pin: 2, n: 5 }]);
  assert.deepEqual(second, ["view", { ...nothing, pin: 2, cell: ["dot", 2, 0], n: 6 }]);
});

test("what Python does not know of yet is not undone by what it says", () => {
  const { panel, sent } = show(Selection, data);
  move({ pin: 1 });
  panel.receive(data, () => {}); // the answer to a key that was pressed before
  assert.equal(bus.view.pin, 1);
  panel.receive({ ...data, n: 5, pin: null }, () => {}); // it heard, and there is no such token any more
  assert.equal(bus.view.pin, null);
  assert.equal(sent.length, 1);
  panel.receive({ ...data, rev: 2, n: 3, layer: 3 }, () => {}); // it chose
  assert.equal(bus.view.layer, 3);
});

test("the bar names what is selected, counted from 1, and lets go of it", () => {
  const shown = show(Selection, { ...data, pin: 1, cell: ["dot", 5, 2], switches: ["mask"] });
  assert.deepEqual(said(shown), ["token 2 “·” pinned ×", "cell q·k 6 → 3 ×", "Causal mask off ×"]);
  const brief = shown.panel.chips.all("button").map((button) => button.getAttribute("data-brief"));
  assert.deepEqual(brief, ["2 “·”", "q·k 6 → 3", "Causal mask off"]); // where it is tight
  move({ switches: ["mask", "scale"] });
  assert.equal(said(shown)[2], "2 switches on ×");
  shown.panel.chips.all("button")[1].onclick();
  assert.equal(bus.view.cell, null);
  assert.deepEqual(said(shown), ["token 2 “·” pinned ×", "2 switches on ×"]);
  shown.panel.reset.onclick();
  assert.deepEqual([bus.view.pin, bus.view.switches, said(shown)], [null, [], []]);
  assert.equal(shown.panel.reset.disabled, true);
  assert.match(shown.panel.what.textContent, /^Layer 1, head 2; nothing else/);
});

test("a page says what of it is not shown there", () => {
  const shown = show(Selection, { ...data, cell: ["q", 0, 3], switches: ["mask"], ignores: ["cell", "switches"] });
  assert.deepEqual(said(shown), ["cell q 1, number 4, not on this page ×", "Causal mask off, not on this page ×"]);
});

test("a cell of a pair belongs to all pictures of pairs; a number of one token to none of them", () => {
  assert.deepEqual(pairOf(["masked", 2, 1], 3), [2, 1]);
  assert.equal(pairOf(["masked", 3, 1], 3), null);
  assert.equal(pairOf(["v", 2, 1], 3), null);
  assert.equal(tellCell(["pattern", 5, 2]), "cell softmax 6 → 3");
});

test("panels show the selected pair, number by number, and change the one selection", () => {
  show(Selection, data);
  const neuron = show(Neuron, { tokens: data.tokens }).panel;
  const pictures = show(Stages, { ...stages, tokens: data.tokens }).panel;
  frame();
  assert.match(neuron.note.textContent, /“c” \(3\) asks, “·” \(2\) offers/); // the favourite
  pictures.choose({ part: "dot", row: 2, column: 0 });
  assert.deepEqual(bus.view.cell, ["dot", 2, 0]);
  assert.match(neuron.note.textContent, /“c” \(3\) asks, “a” \(1\) offers: their 2 products add up to 170/);
  assert.match(pictures.readout.textContent, /looks at “a” \(1\)/);
});

test("switches and norms are part of it", () => {
  show(Selection, data);
  const switches = [["mask", "Mask off.", "No mask."]];
  const { panel } = show(Switches, { switches, on: [], facts: [], tops: [], sentence: "" });
  const [box] = panel.list.all("input");
  box.checked = true;
  box.onchange();
  assert.deepEqual(bus.view.switches, ["mask"]);
  const norms = {
    T: 3,
    L: 2,
    C: 2,
    N: 2,
    kinds: 4,
    tokens: data.tokens,
    names: ["before attention", "before the MLP"],
    stats: new Float32Array(2 * 2 * 4 * 3).fill(1),
    gain: new Float32Array(2 * 2 * 2).fill(1),
    shift: new Float32Array(0),
  };
  const shown = show(Norms, norms).panel;
  shown.buttons[1].onclick();
  assert.equal(bus.view.norm, 1);
  assert.equal(shown.buttons[1].getAttribute("aria-pressed"), "true");
  shown.receive({ ...norms, N: 1, names: ["before attention"] }, () => {});
  assert.equal(shown.norm, 0);
});
