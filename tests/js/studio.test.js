// The studio's panels: a row is its run's id wherever it stands, a waiting run keeps nobody's legend.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Batch from "../../assets/components/panels/batch.js";
import Curves from "../../assets/components/panels/curves.js";
import Progress from "../../assets/components/panels/progress.js";
import Runs from "../../assets/components/panels/runs.js";
import Sample from "../../assets/components/panels/sample.js";

beforeEach(reset);

const row = (id, more = {}) => ({
  id,
  name: "run " + id,
  state: "done",
  about: "mini: unchanged",
  readable: true,
  step: 1000,
  steps: 2000,
  val: 2.5,
  train: null,
  ...more,
});
const table = (ids, more = {}) => ({
  note: "",
  rows: ids.map((id) => row(id)),
  run: ids[0],
  over: [],
  ack: 0,
  ...more,
});
const texts = (element) => element.all("td").map((cell) => cell.textContent);
const shown = (panel) => panel.rows.children.filter((one) => one.classList.classes.has("shown"));
const name = (panel, id) => panel.lines.get(id).name;
const press = (panel, key, id) => panel.key({ key, target: name(panel, id), preventDefault: () => {} });

test("runs: a row says what there is, and of an unreadable run only why", () => {
  const broken = row("b", { readable: false, state: "unreadable", about: "It holds no model." });
  const { panel } = show(Runs, { ...table(["a"]), rows: [row("a"), broken] });
  const [first, second] = panel.rows.children;
  assert.deepEqual(texts(first), ["", "run amini: unchanged", "done", "1,000 / 2,000", "2.500", "–"]);
  assert.deepEqual(texts(second), ["", "run bIt holds no model.", "unreadable", "", "", ""]);
  assert.equal(panel.lines.get("b").box.disabled, true);
});

test("runs: what is clicked is sent as an id, also when a run was added above it in between", () => {
  const { panel, sent } = show(Runs, table(["b", "c"]));
  const line = panel.lines.get("c").element;
  panel.receive(table(["a", "b", "c"], { run: "b" }), panel.send);
  assert.equal(panel.rows.children[2], line);
  line.onclick();
  assert.deepEqual(sent, [["picked", { run: "c", over: [], n: 1 }]]);
});

test("runs: the choice stays with its run while rows come and go", () => {
  const { panel } = show(Runs, table(["b", "c"], { run: "c" }));
  panel.receive(table(["a", "b", "c"], { run: "c" }), () => {});
  assert.deepEqual(
    shown(panel).map((one) => one.getAttribute("data-run")),
    ["c"],
  );
  panel.receive(table(["c"], { run: "c" }), () => {});
  assert.equal(panel.rows.children.length, 1);
  assert.equal(panel.lines.size, 1);
});

test("runs: a choice made here is not undone by an answer that had not heard of it", () => {
  const { panel } = show(Runs, table(["a", "b"]));
  panel.lines.get("b").element.onclick();
  panel.receive(table(["a", "b"], { run: "a", ack: 0 }), () => {});
  assert.equal(shown(panel)[0].getAttribute("data-run"), "b");
  panel.receive(table(["a", "b"], { run: "a", ack: 1 }), () => {}); // heard, and Python chose otherwise
  assert.equal(shown(panel)[0].getAttribute("data-run"), "a");
});

test("runs: arrow keys move from name to name, and stay at the ends", () => {
  const { panel, sent } = show(Runs, table(["a", "b"]));
  for (const line of panel.lines.values()) line.name.focus = () => {};
  press(panel, "ArrowDown", "a");
  press(panel, "ArrowDown", "b");
  press(panel, "ArrowLeft", "b");
  press(panel, "x", "b");
  assert.deepEqual(
    sent.map(([, { run }]) => run),
    ["b"],
  );
  assert.equal(name(panel, "b").tabIndex, 0);
  assert.equal(name(panel, "a").tabIndex, -1);
});

test("runs: a box lays a run over the shown one, which has no box of its own to turn", () => {
  const { panel, sent } = show(Runs, table(["a", "b", "c"]));
  const { box } = panel.lines.get("b");
  box.checked = true;
  box.onchange();
  assert.deepEqual(sent.at(-1), ["picked", { run: "a", over: ["b"], n: 1 }]);
  assert.equal(panel.lines.get("a").box.disabled, true);
  panel.lines.get("b").element.onclick();
  assert.deepEqual(sent.at(-1), ["picked", { run: "b", over: [], n: 2 }]);
});

const losses = (runs) => ({ title: "Losses", note: "", marks: [], runs });
const legend = (panel) => panel.keys.all("li").map((key) => key.textContent);

test("curves: a waiting run has its own legend and says that there is no loss yet", () => {
  const trained = { name: "trained", steps: 10, train: [[1, 3]], val: [[1, 3]] };
  const { panel } = show(Curves, losses([trained]));
  assert.deepEqual(legend(panel), ["trained"]);
  panel.receive(losses([{ name: "waiting", steps: 10, train: [], val: [] }]), () => {});
  assert.deepEqual(legend(panel), ["waiting"]);
  assert.match(panel.canvas.getAttribute("aria-label"), /^waiting: no evaluation yet$/);
  assert.match(panel.canvas.pen.texts.at(-1), /no loss yet/);
});

test("curves: the axis says when losses lie above it", () => {
  const run = (first) => ({ name: "a", steps: 10, train: [[1, first]], val: [[10, 2]] });
  const { panel } = show(Curves, losses([run(5)]));
  assert.ok(panel.canvas.pen.texts.includes("5.00"));
  panel.receive(losses([run(9)]), () => {});
  assert.ok(panel.canvas.pen.texts.includes("≥ 6.00"));
});

test("progress: numbers change in their places", () => {
  const facts = (value) => [{ name: "gradient norm", value }];
  const { panel } = show(Progress, { sentence: "x is training.", message: "", share: 0.5, facts: facts("1.00") });
  const [place] = panel.facts.children;
  panel.receive({ sentence: "x is training.", message: "Mind.", share: 0.6, facts: facts("2.00") }, () => {});
  assert.equal(panel.facts.children[0], place);
  assert.equal(place.textContent, "gradient norm2.00");
  assert.deepEqual([panel.bar.value, panel.message.textContent], [0.6, "Mind."]);
});

test("what is read and written: before there is any, when there will be", () => {
  assert.match(show(Batch, { step: 0, text: "", loss: [] }).panel.note.textContent, /at steps 0, 10, 20, 50, 100, …/);
  assert.match(show(Sample, { step: 0, text: "" }).panel.note.textContent, /at steps 0, 10, 20, 50, 100, …/);
});
