// Panels in a page of node: what they print of the token one looks at.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { heads, stages, tokens, whole } from "./support/model.js";
import { frame, reset, show } from "./support/page.js";

import Batch, { meanLoss } from "../../assets/components/panels/batch.js";
import Flow, { strongest } from "../../assets/components/panels/flow.js";
import Head, { tellCell } from "../../assets/components/panels/head.js";
import Heads, { arrange } from "../../assets/components/panels/heads.js";
import Lines from "../../assets/components/panels/lines.js";
import TokenMap from "../../assets/components/panels/map.js";
import Neuron, { products } from "../../assets/components/panels/neuron.js";
import Norms, { scale, tellNorm } from "../../assets/components/panels/norms.js";
import Stages from "../../assets/components/panels/stages.js";
import Strongest, { places } from "../../assets/components/panels/strongest.js";
import Tokens from "../../assets/components/panels/tokens.js";
import Vectors, { shades, vectorsOf } from "../../assets/components/panels/vectors.js";
import { bus, hover, move, pointedKey } from "../../assets/components/shared/bus.js";

beforeEach(reset);

const norms = {
  T: 3,
  L: 2,
  C: 2,
  N: 2,
  kinds: 4,
  tokens,
  names: ["before attention", "before the MLP"],
  stats: Float32Array.from({ length: 2 * 2 * 4 * 3 }, (_, i) => i), // (L, N, 4, T)
  gain: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
  shift: new Float32Array(),
};
const vectors = {
  T: 3,
  C: 2,
  tokens,
  shade: 4,
  row: [1, 1, 0], // the first two tokens are the same one
  token: Float32Array.from([2, 0, 2, -2]), // (U, C)
  position: Float32Array.from([0, 0, 2, 0, 2, -2]), // (T, C)
};

test("products: of this query's numbers and this key's, their sum and the largest", () => {
  const { q, k, product, sum, largest } = products(stages, 2, 1);
  assert.deepEqual(
    [[...q], [...k], [...product]],
    [
      [5, 6],
      [30, -40],
      [150, -240],
    ],
  );
  assert.equal(sum, -90);
  assert.equal(largest, 1);
});

test("q x k shows the pair under the pointer, else the token's favourite", () => {
  const { panel } = show(Neuron, { tokens });
  bus.stages = stages;
  move({ pin: 2 });
  assert.match(panel.note.textContent, /^“c” \(3\) asks, “b” \(2\) offers: .* add up to -90\.000; .*number 2\.$/);
  hover(2, 0);
  assert.match(panel.note.textContent, /“a” \(1\) offers: their 2 products add up to 170\.000; the largest, 120\.000/);
  panel.point(0);
  assert.equal(panel.readout.textContent, "Number 1: 5.0000 × 10.0000 = 50.0000.");
});

test("norms: the numbers are those of the token, the norm and the block one looks at", () => {
  assert.equal(tellNorm(norms, 1, 1, 2), "“c” (3): mean 38.00, spread 41.00 before; mean 44.00, spread 47.00 after.");
  const { panel } = show(Norms, norms);
  const says = (text) => assert.equal(panel.readout.textContent, text);
  says("“c” (3): mean 2.00, spread 5.00 before; mean 8.00, spread 11.00 after.");
  hover(1);
  says("“b” (2): mean 1.00, spread 4.00 before; mean 7.00, spread 10.00 after.");
  move({ layer: 1 });
  panel.choose(1);
  says("“b” (2): mean 37.00, spread 40.00 before; mean 43.00, spread 46.00 after.");
  assert.ok(panel.canvas.pen.texts.includes("gain: 2 numbers from 7.00 to 8.00"));
});

test("norms: a negative mean stands below zero, and a shift is shown", () => {
  const { y, low, high } = scale([3, -1, 0], 10, 40);
  assert.deepEqual([low, high, y(3), y(0), y(-1)], [-1, 3, 10, 40, 50]);
  assert.deepEqual([scale([2, 1], 0, 10).y(0), scale([0], 0, 10).low], [10, 0]);
  const stats = Float32Array.from([-2, 0, 1, 1, 1, 4, 0, 0, 0, 1, 1, 1]); // (L, N, 4, T)
  const shift = Float32Array.from([-1, 2]);
  const { panel } = show(Norms, { ...norms, L: 1, names: ["before attention"], stats, gain: norms.gain, shift });
  const { texts } = panel.canvas.pen;
  assert.ok(
    texts.includes("before: up to 4, mean down to -2") && texts.includes("after, gain and shift included: up to 1"),
  );
  assert.ok(texts.includes("shift: 2 numbers from -1.00 to 2.00"));
  assert.match(panel.note.textContent, /learned gain, and its learned shift is added\./);
});

test("vectors: token, position and their sum, shaded so that the full colour is at the shade", () => {
  const rows = vectorsOf(vectors, 2);
  assert.deepEqual([...vectorsOf(vectors, 1)[0][1]], [2, -2]);
  assert.deepEqual(
    rows.map(([label, numbers]) => [label, ...numbers]),
    [
      ["token", 2, 0],
      ["+ position", 2, -2],
      ["= input", 4, -2],
    ],
  );
  assert.deepEqual(
    shades(rows[2][1], 4, (share) => [share, 0, 0]),
    [
      [1, 0, 0],
      [-0.5, 0, 0],
    ],
  );
  const { panel } = show(Vectors, vectors);
  const painted = panel.canvas.pen.rectangles.map(([colour]) => colour);
  const [none, half, full, blue] = ["rgb(255,255,255)", "rgb(255,128,128)", "rgb(255,0,0)", "rgb(128,128,255)"];
  assert.deepEqual(painted, [half, none, half, blue, full, blue]);
  panel.point(1);
  assert.equal(panel.readout.textContent, "Number 2: token 0.000  + position -2.000  = input -2.000.");
  panel.receive({ ...vectors, C: 1, position: new Float32Array() }, () => {});
  assert.equal(panel.readout.textContent, "Point at a column to read its numbers.");
});

test("one cell in words", () => {
  const row = Float64Array.from([0.2, 0.75, 0.05]);
  assert.equal(tellCell(tokens, row, 2, null, true), "Row “c” (3) looks most at “b” (2): 75.0 %.");
  assert.equal(tellCell(tokens, row, 1, 0, true), "“b” (2) gives 20.0 % of its attention to “a” (1).");
  assert.equal(tellCell(tokens, row, 0, 1, true), "“a” (1) cannot look at “b” (2): masked, exactly 0.");
});

test("a pair that a shorter text, or another model's, no longer has is not read", () => {
  const all = [Head, Neuron, Strongest, Lines].map((Kind) => show(Kind, { tokens }).panel);
  const maps = show(Heads, heads).panel;
  const pictures = show(Stages, stages).panel;
  hover(2, 2);
  frame();
  assert.match(all[0].readout.textContent, /“c” \(3\) gives 30\.0 % .* “c” \(3\)/);
  const short = { tokens: ["a"] };
  for (const panel of all) panel.receive(short, () => {});
  maps.receive({ ...heads, T: 1, pattern: whole([1, 1]) }, () => {});
  pictures.receive({ ...stages, T: 1, tokens: ["a"] }, () => {});
  frame();
  assert.equal(pointedKey(1), null);
  assert.equal(all[0].readout.textContent, "Row “a” (1) looks most at “a” (1): 100.0 %.");
});

test("weights of the model before are not read as this one's, which has other layers and heads", () => {
  show(Heads, heads);
  const all = [Head, Strongest, Lines].map((Kind) => show(Kind, { tokens }).panel);
  const chips = tokens.map((token, i) => [token, i]);
  all.push(show(Tokens, { tokens, hidden: 0, written: 3, chips }).panel);
  move({ layer: 2, head: 5 });
  for (const panel of all) assert.match(panel.note.textContent, /^ ?$|^The map|^Lines/);
  const model = {
    ...heads,
    L: 3,
    H: 6,
    roles: [],
    pattern: whole(Array.from({ length: 3 * 6 }, () => [1, 0.25, 0.75, 0.5, 0.2, 0.3]).flat()),
  };
  show(Heads, model);
  frame();
  assert.equal(all[0].readout.textContent, "Row “c” (3) looks most at “a” (1): 50.0 %.");
  assert.match(all[3].note.textContent, /^“c” at position 3 looks back, in layer 3, head 6: 50\.0 % to “a” \(1\)/);
});

test("lines: the chosen head's, whichever it is, until others are asked for", () => {
  show(Heads, heads);
  const { panel } = show(Lines, { tokens });
  frame();
  assert.deepEqual(panel.on(2), [0]);
  assert.match(panel.note.textContent, /^Layer 1, head 1\. /);
  move({ head: 1 });
  assert.deepEqual(panel.on(2), [1]);
  panel.every.onclick();
  assert.deepEqual(panel.on(2), [0, 1]);
  assert.match(panel.note.textContent, /^Layer 1, 2 of 2 heads\. /);
  panel.buttons[1].onclick();
  assert.deepEqual(panel.on(2), [0]);
  panel.follow.onclick();
  assert.deepEqual(panel.on(2), [1]);
  const high = panel.step() * panel.shown();
  panel.receive({ tokens: ["a"] }, () => {});
  assert.equal(panel.step() * panel.shown(), high, "as high for one token as for three");
});

test("heads: in their own order, by a score, or by likeness", () => {
  const orders = { scores: { previous: [0.1, 0.9, 0.9, 0.5] }, order: [2, 0, 3, 1] };
  assert.deepEqual(arrange(4, "layers", orders), [0, 1, 2, 3]);
  assert.deepEqual(arrange(4, "previous", orders), [1, 2, 3, 0]);
  assert.deepEqual(arrange(4, "similar", orders), [2, 0, 3, 1]);
});

test("heads: another model offers other orders", () => {
  const ordered = {
    scores: { previous: [0.1, 0.9] },
    titles: {},
    words: { previous: "Back." },
    clear: 0.4,
    order: [1, 0],
  };
  const { panel } = show(Heads, { ...heads, ...ordered });
  panel.sort.value = "previous";
  panel.reorder();
  assert.deepEqual(panel.order, [1, 0]);
  assert.equal(panel.note.textContent, "Back. A frame: 40 % or more.");
  assert.deepEqual(
    panel.cells.map((cell) => cell.classList.classes.has("framed")),
    [true, false], // and none is dimmed
  );
  panel.receive({ ...heads, ...ordered, scores: { same: [0.2, 0.3] }, words: { same: "Same." } }, () => {});
  assert.deepEqual(panel.order, [0, 1]);
  assert.equal(panel.sort.value, "layers");
});

test("heads: every weight's shade, row by row", () => {
  const { panel } = show(Heads, heads);
  const all = new Uint32Array(9);
  const ramp = Uint32Array.from({ length: 256 }, (_, i) => i);
  panel.drawMap(all, 1, ramp);
  assert.deepEqual([...all], [255, 0, 0, 230, 25, 0, 0, 102, 153]);
});

test("map: the token under the pointer and those most like it", () => {
  const vocabulary = ["a", "b"];
  const neighbours = [[[1, 0.5]], [[0, 0.5]]];
  const points = Float32Array.from([0, 0, 1, 1]);
  const sentences = ["Its two axes keep 30 %.", "For 50 % the nearest is alike."];
  const { panel } = show(TokenMap, { vocabulary, ids: [1], points, low: [0, 0], high: [1, 1], sentences, neighbours });
  assert.equal(panel.note.textContent, "Its two axes keep 30 %. The prompt's tokens are ringed.");
  assert.equal(panel.readout.textContent, sentences[1]);
  panel.point(panel.nearest({ x: 284, y: 16 }));
  assert.equal(panel.readout.textContent, "“b” is most like “a” (0.50), by cosine in all dimensions.");
  assert.equal(panel.nearest({ x: 150, y: 100 }), null);
});

test("flow: the token under the pointer by every measure", () => {
  const rows = [
    ["raw", [0.1, 0.2, 0.7], false],
    ["effect", [0.5, -2, 1], true],
  ];
  const rest = { heads: [0.1, -0.4], H: 2, agreement: [["raw and effect", 0.5]], sentence: "S.", headsNote: "N." };
  const { panel } = show(Flow, { tokens, rows, query: 2, causal: true, ...rest });
  hover(2, 1);
  assert.equal(panel.readout.textContent, "“b” (2): raw 20.0 %, effect -2.000.");
  assert.equal(panel.heads.children[1].textContent, "-0.40");
  assert.equal(strongest([0.5, -2, 1]), 1);
});

test("a piece of text is found where it begins, whatever its case", () => {
  assert.deepEqual(places(["To", " be", " or", " not", " TO"], "to", 12), [0, 4]);
  assert.deepEqual(places(["a", "b", "a", "b"], "ab", 1), [0]);
  assert.deepEqual(places(["a"], "", 12), []);
});

test("batch: the mean of what was predicted", () => {
  assert.equal(meanLoss([null, 1, 3]), 2);
  const { panel } = show(Batch, { step: 1200, text: "ab", loss: [null, 5] });
  assert.equal(panel.note.textContent.split(" on ")[0], "Step 1,200: 5.00 nats a character");
});
