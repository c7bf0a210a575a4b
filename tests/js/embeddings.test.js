// The page Embeddings in a page of node: labels, projections, cosines, and what its panels print.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Direction from "../../assets/components/panels/direction.js";
import Near from "../../assets/components/panels/near.js";
import Places from "../../assets/components/panels/places.js";
import Shuffled, { change } from "../../assets/components/panels/shuffled.js";
import Space from "../../assets/components/panels/space.js";
import Strips, { threeOf } from "../../assets/components/panels/strips.js";
import Tables from "../../assets/components/panels/tables.js";
import { hover } from "../../assets/components/shared/bus.js";
import { fitted, overlap, placeLabels, turned } from "../../assets/components/shared/projection.js";
import { cosines, mostAlike } from "../../assets/components/shared/vectormath.js";

beforeEach(reset);

const tokens = ["a", "b", "a"];
const strips = {
  T: 3,
  U: 2,
  C: 2,
  tokens,
  shade: 4,
  row: [0, 1, 0],
  token: Float32Array.from([2, 0, 3, -2]), // (U, C)
  position: Float32Array.from([0, 0, 0.5, 4, 2, -2]), // (T, C)
};
const space = {
  U: 3,
  K: 3,
  names: ["a", "b", "c"],
  row: [0, 1, 0],
  colour: "kind",
  colours: ["kind", "case", "frequency"],
  group: [0, 1, 1],
  groups: ["vowel", "consonant"],
  axes: [0, 1],
  shares: [0.5, 0.3, 0.2],
  view: "last",
  steps: 2,
  low: [-1, -1, -1],
  high: [1, 1, 1],
  sentence: "PCA.",
  points: Float32Array.from([1, 0, 0, -1, 1, 0, 0, -1, 1]),
};
const tables = {
  R: 3,
  C: 2,
  V: 3,
  of: "x",
  which: "tokens",
  order: "id",
  start: 0,
  orders: ["id", "kind"],
  names: ["a", "b", "c"],
  ids: [0, 1, 2],
  row: [0, 1, 0],
  shade: 1,
  sentence: "3 tokens.",
  values: Float32Array.from([1, 0, 1, 1, 0, 2]),
};

test("no label lies on another, on a mark or beyond the picture, however crowded", () => {
  let seed = 1;
  const dice = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (const crowd of [5, 65, 256]) {
    const wanted = Array.from({ length: crowd }, () => ({ x: dice() * 400, y: dice() * 300, wide: 9 + dice() * 30 }));
    const boxes = placeLabels(wanted, { high: 13, gap: 5, wide: 400, tall: 300 });
    assert.equal(boxes.length, crowd);
    const placed = boxes.filter((box) => box !== null);
    assert.ok(placed.length >= Math.min(4, crowd));
    placed.forEach((box, i) => {
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.wide <= 400 && box.y + box.high <= 300);
      assert.ok(!placed.slice(i + 1).some((other) => overlap(box, other)));
      assert.ok(!wanted.some(({ x, y }) => x > box.x && x < box.x + box.wide && y > box.y && y < box.y + box.high));
    });
  }
});

test("what is turned keeps its length; two axes are not turned at all", () => {
  assert.deepEqual(turned([1, 2], 1, 1), [1, 2, 0]);
  const point = [1, -2, 0.5];
  for (const [turn, tilt] of [
    [0, 0],
    [1, 0.3],
    [-2, 1.4],
  ]) {
    assert.ok(Math.abs(Math.hypot(...turned(point, turn, tilt)) - Math.hypot(...point)) < 1e-12);
  }
  assert.deepEqual(turned(point, 0, 0), point);
});

test("two axes share one scale and fill the picture", () => {
  const fit = fitted(
    [
      [-1, 3],
      [0, 1],
    ],
    220,
    120,
    10,
  );
  const [low, high] = [fit([-1, 0, 0]), fit([3, 1, 0])];
  assert.deepEqual([low.x, high.x], [10, 210]);
  assert.ok(Math.abs((high.x - low.x) / 4 - (low.y - high.y)) < 1e-9);
});

test("cosines are those of the definition, and the most alike is another row", () => {
  const found = cosines(tables.values, 2);
  assert.ok(Math.abs(found[1] - Math.SQRT1_2) < 1e-12);
  assert.equal(found[2], 0);
  assert.equal(mostAlike(found, 3, 0), 1);
  assert.equal(mostAlike(cosines(Float32Array.from([1, 2]), 2), 1, 0), -1);
});

test("token + position = input, as the model adds them; without positions the token alone", () => {
  assert.deepEqual(threeOf(strips, 1, 1), [-2, 4, 2]);
  assert.deepEqual(threeOf({ ...strips, position: new Float32Array() }, 1, 1), [-2]);
  const { panel } = show(Strips, strips);
  assert.match(panel.readout.textContent, /^“a” \(3\): the token's vector has length 2\.00, its position's 2\.83,/);
  panel.column = 1;
  hover(1);
  assert.equal(panel.readout.textContent, "“b” (2), number 2: token -2.0000 + position 4.0000 = input 2.0000.");
});

test("the tables tell a number, a cosine with its angle, and the row of the token one looks at", () => {
  const { panel } = show(Tables, tables);
  assert.match(panel.readout.textContent, /Most like “a” \(id 0\) among these: “b” \(id 1\), cosine 0\.707\.$/);
  panel.point([1, 0], null);
  assert.equal(panel.readout.textContent, "“b” (id 1), number 1 of 2: 1.0000.");
  panel.point(null, [0, 1]);
  assert.equal(panel.readout.textContent, "“a” (id 0) and “b” (id 1): cosine 0.707, an angle of 45°.");
});

test("an axis that another place has is swapped, and the third can be left", () => {
  const { panel, sent } = show(Space, { ...space, axes: [0, 1, 2] });
  panel.picks[0].value = "2";
  panel.choose(0);
  panel.picks[2].value = "";
  panel.choose(2);
  assert.deepEqual(
    sent.map(([, value]) => value),
    [{ axes: "3.2.1" }, { axes: "1.2" }],
  );
});

test("a mark under the pointer is told with its kind and place", () => {
  const { panel } = show(Space, space);
  panel.near = 1;
  panel.draw();
  assert.equal(panel.readout.textContent, "“b” (consonant): axis 1: -1.000, axis 2: 1.000.");
});

test("neighbours are those of the token one looks at", () => {
  const nearest = [[["b", 1, 0.5]], [["a", 0, -0.25]]];
  const { panel } = show(Near, { U: 2, tokens, row: [0, 1, 0], nearest });
  assert.match(panel.rows.textContent, /^b10\.500$/);
  hover(1);
  assert.match(panel.rows.textContent, /^a0-0\.250$/);
});

test("a change that is only rounding is told by its exponent", () => {
  assert.deepEqual([0, 4.7e-7, 0.1234, 12].map(change), ["0", "5e-7", "0.123", "12.000"]);
});

test("shuffle asks for the next order, and for none", () => {
  const none = { number: 0, text: [], trained: [], without: [], size: 0, sentence: "Put." };
  const { panel, sent } = show(Shuffled, none);
  assert.equal(panel.again.textContent, "Shuffle");
  assert.equal(panel.table.hidden, true);
  panel.again.onclick();
  const dealt = { number: 1, text: ["b", " ", "a"], trained: [0.5], without: [1e-7], size: 2, sentence: "Without." };
  panel.receive(dealt, (state, value) => sent.push([state, value]));
  assert.equal(panel.text.textContent, "b·a");
  assert.match(panel.rows.textContent, /^10\.5001e-7$/);
  panel.own.onclick();
  assert.deepEqual(sent, [
    ["choice", { shuffle: "1" }],
    ["choice", { shuffle: "0" }],
  ]);
});

test("the other ways to tell places are buttons, the chosen one pressed", () => {
  const schemes = [
    ["", "As trained", "x"],
    ["index", "Index added", "y"],
  ];
  const data = {
    schemes,
    chosen: "index",
    facts: [["loss", "1 → 2"]],
    ideas: [["Own", ["1 ×"]]],
    sentence: "s",
    waves: "w",
  };
  const { panel, sent } = show(Places, data);
  const buttons = panel.list.children;
  assert.deepEqual(
    buttons.map((one) => one.getAttribute("aria-pressed")),
    ["false", "true"],
  );
  buttons[0].onclick();
  assert.deepEqual(sent, [["choice", { places: "" }]]);
});

test("a sum of three tokens is told by their ids", () => {
  const near = [["b", 1, 0.7]];
  const data = {
    N: 2,
    ids: [4, 9],
    names: ["a", "b"],
    chosen: [4, 9, 4],
    called: [],
    nearest: near,
    before: near,
    sentence: "",
  };
  const { panel, sent } = show(Direction, data);
  panel.picks[1].value = "4";
  panel.choose();
  assert.deepEqual(sent, [["choice", { sum: "4.4.4" }]]);
});
