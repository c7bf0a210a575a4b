// Charts and matrices of any data: which numbers are told, how one moves among them, and that names keep apart.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Chart, { stepFrom, tellPoint } from "../../assets/components/panels/chart.js";
import Matrix, { nameAt, tellCell } from "../../assets/components/panels/matrix.js";
import Table from "../../assets/components/panels/table.js";
import { spanOf, ticksOf, wrapped, written } from "../../assets/components/shared/axes.js";
import { bus } from "../../assets/components/shared/bus.js";
import { inkOn } from "../../assets/components/shared/colours.js";
import { csvOf } from "../../assets/components/shared/files.js";

beforeEach(reset);

const axis = (title, more = {}) => ({
  title,
  scale: "linear",
  low: null,
  high: null,
  ticks: [],
  groups: [],
  form: ".4g",
  ...more,
});
const line = (name, x, y, more = {}) => ({ name, x, y, kind: "line", colour: 0, dash: 0, labels: [], ...more });
const about = { title: "", note: "", alt: "What it shows: 1.", file: "look" };
const chart = {
  ...about,
  height: 300,
  x: axis("step", { scale: "log1", form: ",d" }),
  y: axis("loss", { form: ".3f" }),
  series: [line("training", [0, 500, 2000], [4.1, 2.5, 1.5]), line("validation", [0, 2000], [4.2, 1.75])],
  levels: [{ name: "published", at: 1.8, axis: "y" }],
};
const names = Array.from({ length: 34 }, (_, i) => `${i} token`);
const bars = {
  ...chart,
  x: axis("", { ticks: names.map((name, i) => [i, name]) }),
  series: ["before", "after"].map((name, i) =>
    line(
      name,
      names.map((_, n) => n),
      names.map((_, n) => n / 10),
      { kind: "bars", dash: i },
    ),
  ),
};
const points = {
  ...chart,
  x: axis("parameters", { scale: "log", form: ",d" }),
  series: [line("alike", [1000, 90_000], [2, 1], { kind: "points", labels: ["small", "large"] })],
};
const square = (size, across = names.slice(0, size), more = {}) => ({
  ...about,
  N: size * size,
  height: 400,
  columns: 1,
  x: "looked at",
  y: "token",
  unit: "weight",
  form: ".4g",
  kind: "share",
  most: 1,
  key: true,
  cells: [{ title: "", R: size, C: size, across, down: across, text: [] }],
  values: Float32Array.from({ length: size * size }, (_, i) => i / size ** 2),
  ...more,
});
const letters = (size) => {
  const data = square(size, [..."ab"].join("").repeat(17).slice(0, size).split(""));
  data.cells[0].text = Array.from({ length: size }, () => data.cells[0].across);
  return data;
};

const near = (numbers, wanted) => numbers.forEach((x, i) => assert.ok(Math.abs(x - wanted[i]) < 1e-9, `${x}`));
/** The letters of a font, in pixels. */
const sizeOf = (font) => Number(/([\d.]+)px/.exec(font)[1]);

test("axes: numbers stand where their scale puts them, and step 0 has a place on a log axis", () => {
  near([0, 9, 99].map(spanOf({ ...axis(""), scale: "log1", low: 0, high: 99 }, []).share), [0, 0.5, 1]);
  near([10, 100, 1000].map(spanOf({ ...axis(""), scale: "log", low: 10, high: 1000 }, []).share), [0, 0.5, 1]);
  near([1, 2, 3].map(spanOf({ ...axis(""), low: 1, high: 3 }, []).share), [0, 0.5, 1]);
  const { low, high } = spanOf(axis(""), [1, 2]);
  assert.ok(low < 1 && high > 2); // nothing lies on the edge
  assert.ok(Number.isFinite(spanOf(axis(""), []).share(1)) && Number.isFinite(spanOf(axis(""), [3]).share(3)));
});

test("axes: ticks are round numbers within the axis, written with the digits that tell them apart", () => {
  const told = (scale, low, high, wanted = 5) => ticksOf(scale, { low, high, share: Number }, wanted).map((t) => t[1]);
  assert.deepEqual(told("linear", -0.3, 1.1), ["0.0", "0.5", "1.0"]);
  assert.deepEqual(told("linear", 0, 2000, 4), ["0", "500", "1,000", "1,500", "2,000"]);
  assert.deepEqual(told("linear", 1.3, 1.7, 8), [
    "1.30",
    "1.35",
    "1.40",
    "1.45",
    "1.50",
    "1.55",
    "1.60",
    "1.65",
    "1.70",
  ]);
  assert.deepEqual(told("log1", 0, 3000), ["0", "10", "100", "1,000"]);
  assert.deepEqual(told("log", 3000, 2e6), ["10,000", "100,000", "1,000,000"]);
  assert.ok(told("log", 2, 9).length > 1); // not one power of ten between them
});

test("axes: numbers are written as their form asks", () => {
  assert.equal(written(".4g", 2.345678), "2.346");
  assert.equal(written(".4g", 0.00001234), "1.234e-5");
  assert.equal(written(".3f", -0.0001), "0.000");
  assert.equal(written(",d", 12345), "12,345");
  assert.equal(written(".1%", 0.9999), "> 99.9 %");
  assert.deepEqual(
    wrapped("after attention 1", (text) => 6 * text.length, 80),
    ["after", "attention 1"],
  );
});

test("chart: a number is told with its series, its place and its unit", () => {
  assert.equal(tellPoint(chart, [0, 1]), "training: step 500; loss 2.500");
  assert.equal(tellPoint(points, [0, 1]), "large: parameters 90,000; loss 1.000");
  const twins = { ...chart, x: axis("", { ticks: [[0, "a"], [1, "a"]], groups: [[0.5, "one layer"]] }) }; // prettier-ignore
  const told = tellPoint({ ...twins, series: [line("shuffled", [0, 1], [1, 2])] }, [0, 1]);
  assert.equal(told, "shuffled: one layer, 2 a; loss 2.000"); // equal names stay apart by their place
});

test("chart: arrow keys go along a line, and to the nearest place of the next one that is shown", () => {
  const all = () => true;
  assert.deepEqual(stepFrom(chart.series, all, null, 0, 1), [0, 0]);
  assert.deepEqual(stepFrom(chart.series, all, null, 0, -1), [0, 2]);
  assert.deepEqual(stepFrom(chart.series, all, [0, 0], 0, 1), [0, 1]);
  assert.deepEqual(stepFrom(chart.series, all, [0, 2], 0, 1), [0, 2]);
  assert.deepEqual(stepFrom(chart.series, all, [0, 2], 1, 0), [1, 1]);
  assert.deepEqual(
    stepFrom(chart.series, (s) => s === 0, [0, 2], 1, 0),
    [0, 2],
  );
  assert.equal(
    stepFrom(chart.series, () => false, [0, 0], 1, 0),
    null,
  );
  const gaps = [line("a", [0, 1, 2], [1, null, 3])];
  assert.deepEqual(stepFrom(gaps, all, [0, 0], 0, 1), [0, 2]);
});

test("chart: what is pointed at is told, a click holds it, Escape lets go; Python hears nothing", () => {
  const { panel, sent } = show(Chart, chart);
  assert.match(panel.readout.textContent, /^Point at it/);
  const [x, y] = panel.plot.place(500, 2.5);
  panel.canvas.onpointermove({ offsetX: x + 3, offsetY: y - 3 });
  assert.equal(panel.readout.textContent, "training: step 500; loss 2.500");
  panel.canvas.onclick({ offsetX: x, offsetY: y });
  panel.canvas.onpointerleave();
  assert.equal(panel.readout.textContent, "training: step 500; loss 2.500");
  assert.equal(panel.canvas.getAttribute("aria-label"), `${about.alt} training: step 500; loss 2.500`);
  panel.canvas.onkeydown({ key: "ArrowRight", preventDefault: () => {} });
  assert.equal(panel.readout.textContent, "training: step 2,000; loss 1.500");
  panel.canvas.onkeydown({ key: "Escape" });
  assert.match(panel.readout.textContent, /^Point at it/);
  panel.point([1, 1]);
  panel.receive({ ...chart, series: [line("other", [0], [1])] }, panel.send); // it is no longer there
  assert.match(panel.readout.textContent, /^Point at it/);
  assert.deepEqual(sent, []);
});

test("chart: a name of the legend takes its line out, and puts it back", () => {
  const { panel } = show(Chart, chart);
  const pressed = () => panel.keys.children.map((key) => key.getAttribute("aria-pressed"));
  panel.keys.children[0].onclick();
  assert.deepEqual(pressed(), ["false", "true"]);
  assert.deepEqual(
    panel.shown().map(({ s }) => s),
    [1],
  );
  panel.keys.children[0].onclick();
  assert.deepEqual(pressed(), ["true", "true"]);
});

test("chart: bars stand on zero, and each is found at its own place", () => {
  const { panel } = show(Chart, bars);
  const { place, bars: wide } = panel.plot;
  assert.ok(Math.abs(place(0, 0)[1] - panel.plot.bottom) < 1e-9);
  assert.deepEqual(panel.nearest({ x: place(20, 0)[0] + wide.aside(1), y: 0 }), [1, 20]);
});

test("matrix: a cell is told with its row, its column and its unit; equal names by their place", () => {
  assert.equal(tellCell(square(3), [0, 1, 2]), "token 1 token, looked at 2 token: weight 0.5556");
  assert.equal(tellCell(letters(4), [0, 1, 2]), "token 2 “b”, looked at 3 “a”: “a”, weight 0.375");
  const empty = square(2, ["a", "b"], { values: Float32Array.from([1, NaN, 0, 1]), unit: "%" });
  assert.equal(tellCell(empty, [0, 0, 1]), "token a, looked at b: no number");
  assert.equal(tellCell(empty, [0, 0, 0]), "token a, looked at a: 1 %");
  assert.equal(nameAt(["", ""], 1), "2");
});

test("matrix: what is pointed at is told, arrow keys move it, a click holds it; Python hears nothing", () => {
  const { panel, sent } = show(Matrix, square(3));
  const [canvas] = panel.canvases;
  const { left, top, side, high } = canvas.geometry;
  canvas.onpointermove({ offsetX: left + 1.5 * side, offsetY: top + 0.5 * high });
  assert.equal(panel.readout.textContent, tellCell(panel.data, [0, 0, 1]));
  canvas.onkeydown({ key: "ArrowDown", preventDefault: () => {} });
  assert.equal(panel.readout.textContent, tellCell(panel.data, [0, 1, 1]));
  canvas.onkeydown({ key: "Enter" });
  canvas.onpointerleave();
  assert.equal(panel.readout.textContent, tellCell(panel.data, [0, 1, 1]));
  assert.ok(canvas.getAttribute("aria-label").startsWith(about.alt));
  panel.receive(square(1), panel.send); // there is no such cell any more
  assert.match(panel.readout.textContent, /^Point at it/);
  assert.deepEqual(sent, []);
});

test("matrix: 0 is the ground, the largest the full colour, and what is no number stays empty", () => {
  const values = Float32Array.from([0, 2, NaN, 1]);
  const { panel } = show(Matrix, square(2, ["a", "b"], { values, most: 2 }));
  const { image } = panel.canvases[0].picture.getContext("2d");
  assert.deepEqual([image[0], image[1], image[2]], [0xffffffff, 0xffff0000, 0]); // pixels are ABGR
  assert.equal(inkOn([255, 255, 255]), "#000000");
  assert.equal(inkOn([0, 0, 255]), "#ffffff");
});

const LAST_ROW = 14; // pixels
for (const [name, Kind, data] of [
  ["lines", Chart, chart],
  ["bars", Chart, bars],
  ["points", Chart, points],
  ["heat", Matrix, square(34)],
  ["few names", Matrix, square(6, [..."abcdef"])],
  ["letters", Matrix, letters(34)],
  ["patterns", Matrix, square(10, [..."abcdefghij"], { columns: 2 })],
]) {
  for (const projector of [false, true]) {
    test(`${name}: names stand apart${projector ? ", and every letter is large for the last row" : ""}`, () => {
      bus.projector = projector;
      const { panel } = show(Kind, data);
      const { placed } = (panel.canvas ?? panel.canvases[0]).getContext("2d");
      assert.ok(placed.length > 1);
      if (projector) for (const { font } of placed) assert.ok(sizeOf(font) >= LAST_ROW, font);
      // The pen of these tests writes letters 6 pixels wide, whatever their font.
      const boxes = placed.map(({ text, x, y, align, font, turned }) => {
        const [long, tall] = [6 * text.length, turned ? sizeOf(font) * 0.9 : 6];
        const from = align === "right" ? -long : align === "center" ? -long / 2 : 0;
        return turned ? [x - tall / 2, y - long, x + tall / 2, y] : [x + from, y - 3, x + from + long, y + 3];
      });
      boxes.forEach(([a, b, c, d], i) => {
        for (const [e, f, g, h] of boxes.slice(0, i)) {
          assert.ok(c <= e + 0.01 || g <= a + 0.01 || d <= f || h <= b, placed[i].text);
        }
      });
    });
  }
}

test("few names are all there", () => {
  bus.projector = true;
  const { panel } = show(Matrix, square(6, [..."abcdef"]));
  assert.deepEqual(panel.canvases[0].getContext("2d").texts, [..."abcdefabcdef"]);
});

test("files: a row a number; what a spreadsheet would take for a formula is text", () => {
  assert.equal(csvOf([["a", 'say "b"', null, 0.5, "=1+1", -2]]), `a,"say ""b""",,0.5,'=1+1,-2\n`);
  const { panel } = show(Chart, points);
  assert.deepEqual(panel.rows(), [
    ["series", "label", "parameters", "loss"],
    ["alike", "small", 1000, 2],
    ["alike", "large", 90_000, 1],
  ]);
  const { panel: cells } = show(Matrix, square(2, ["a", "b"]));
  assert.deepEqual(cells.rows()[2], ["", "a", "b", "", 0.25]);
});

test("table: names above, cells below, all of it text", () => {
  const { panel } = show(Table, { names: ["a", "b"], rows: [["1", "<b>*x*</b>"]] });
  const told = (tag) => panel.root.all(tag).map((cell) => cell.textContent);
  assert.deepEqual(
    [told("th"), told("td")],
    [
      ["a", "b"],
      ["1", "<b>*x*</b>"],
    ],
  );
  panel.receive({ names: ["c"], rows: [] }, panel.send);
  assert.deepEqual([told("th"), told("td")], [["c"], []]);
});
