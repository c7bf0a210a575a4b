// Lines of a program that is put together: they move as far as there is room, and hints are told one after the other.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Puzzle from "../../assets/components/panels/puzzle.js";
import { added, moved, told, without, wordOf } from "../../assets/components/shared/lineplaces.js";

beforeEach(reset);

/** @type {import("../../assets/components/shared/lineplaces.js").Place[]} */
const three = [
  ["a", 1],
  ["b", 2],
  ["c", 1],
];

test("a line comes behind the marked one, as deep as that; at the end where none is marked", () => {
  assert.equal(wordOf(added([], "a", -1)), "a1");
  assert.equal(wordOf(added(three, "d", 1)), "a1.b2.d2.c1");
  assert.equal(wordOf(added(three, "d", -1)), "a1.b2.c1.d1");
  assert.equal(wordOf(added([["a", 0]], "d", 0)), "a0.d1");
});

test("a line moves as far as there is room, and is indented within bounds", () => {
  assert.equal(wordOf(moved(three, "b", 0, 2)), "b2.a1.c1");
  assert.equal(wordOf(moved(three, "b", 9, 7)), "a1.c1.b3");
  assert.equal(wordOf(moved(three, "a", -4, -1)), "a0.b2.c1");
  assert.equal(wordOf(without(three, "b")), "a1.c1");
});

test("a hint first says where to look, then what is wrong", () => {
  /** @type {[number, string][]} */
  const hints = [
    [2, "First."],
    [-1, "Second."],
  ];
  assert.deepEqual(told(hints, 0), []);
  assert.deepEqual(told(hints, 1), ["Look at line 3."]);
  assert.deepEqual(told(hints, 2), ["First."]);
  assert.deepEqual(told(hints, 3), ["First.", "A line is missing. Which?"]);
  assert.deepEqual(told(hints, 4), ["First.", "Second."]);
});

const data = {
  exercise: "head",
  exercises: [
    ["head", "One head", false],
    ["block", "A block", true],
  ],
  task: "A task.",
  head: "def forward(self, x):",
  lines: [
    ["hk", "k = self.key(x)", "(B, T, D)"],
    ["hq", "q = self.query(x)", "(B, T, D)"],
  ],
  placed: [],
  rest: "br1",
  said: "Nothing is there yet.",
  solved: false,
  at: -1,
  hints: [[-1, "Something is missing."]],
  answer: [
    ["hq", 1],
    ["hk", 1],
  ],
  columns: ["1", "2"],
  rows: ["token 1"],
  truth: [["0.5000", "1.0000"]],
  yours: [],
};

test("what Python answers to an older move does not undo a newer one", () => {
  const { panel, sent } = show(Puzzle, data);
  panel.add("hq");
  panel.add("hk");
  panel.move(-1, 0);
  assert.deepEqual(
    sent.map(([, value]) => value.lines),
    ["hq1.br1", "hq1.hk1.br1", "hk1.hq1.br1"],
  );
  panel.receive({ ...data, placed: [["hq", 1]] }, () => {});
  assert.equal(wordOf(panel.places), "hk1.hq1");
  assert.equal(panel.card.dataset.puzzle, "waiting");
  const last = [
    ["hk", 1],
    ["hq", 1],
  ];
  panel.receive({ ...data, placed: last, said: "It runs.", yours: [["0.5000", "2.0000"]] }, () => {});
  assert.equal(panel.card.dataset.puzzle, "open");
  assert.deepEqual(
    panel.tables.all("td").map((cell) => cell.textContent),
    ["", "0.5000", "1.0000", "", "0.5000", "≠ 2.0000"],
  );
  panel.receive({ ...data, exercise: "block", placed: [["br", 1]] }, () => {});
  assert.equal(wordOf(panel.places), "br1");
});

test("the keyboard moves, indents and takes out; the answer is there for who asks", () => {
  const { panel, sent } = show(Puzzle, { ...data, placed: [["hq", 1]] });
  const press = (/** @type {string} */ key) => panel.pressed({ key, preventDefault() {} }, "hq");
  press("ArrowRight");
  press("ArrowLeft");
  press("x");
  press("Delete");
  assert.deepEqual(
    sent.map(([, value]) => value.lines),
    ["hq2.br1", "hq1.br1", "br1"],
  );
  panel.hints.reveal.onclick();
  assert.equal(panel.hints.answer.textContent, "def forward(self, x):\n    q = self.query(x)\n    k = self.key(x)");
  panel.hints.use.onclick();
  assert.equal(wordOf(panel.places), "hq1.hk1");
});
