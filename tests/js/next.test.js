// The candidates for the next token, their bars, and what a click on one does.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Next, { trackEnd } from "../../assets/components/panels/next.js";
import { bus, hover } from "../../assets/components/shared/bus.js";

beforeEach(reset);

const tokens = ["a", "b", "c"];

test("next token: after the token one looks at, and the draw after the last", () => {
  const settings = { temperature: 1, top_k: 0, top_p: 1, greedy: false, seed: 5 };
  const logits = Float32Array.from([0, Math.log(3), 0, 0, Math.log(7), 0]);
  const data = { T: 3, V: 2, tokens, vocabulary: ["a", "b"], logits, settings, rev: 1, index: 2, u: 0.9 };
  const { panel, sent } = show(Next, data);
  const bars = () => panel.bars.children.map((bar) => [bar.dataset.id, (+bar.dataset.p).toFixed(3)]);
  assert.deepEqual(bars(), [
    ["0", "0.875"],
    ["1", "0.125"],
  ]);
  assert.equal(panel.drawn.textContent, "Draw 3 of seed 5: u = 0.9000 falls on “b”.");
  hover(0);
  assert.equal(panel.title.textContent, "After “a” (1)");
  assert.equal(panel.drawn.textContent, "What came next: “b”, 75 %.");
  assert.deepEqual(bars(), [
    ["1", "0.750"],
    ["0", "0.250"],
  ]);
  const [temperature] = panel.knobs.all("input");
  temperature.value = "0.5";
  temperature.oninput();
  assert.deepEqual(bars()[0], ["1", "0.900"]);
  temperature.onchange();
  assert.deepEqual(sent, [["knobs", { ...settings, temperature: 0.5 }]]);
});

test("next token: of very many tokens the last places are told, and the pinned one by itself", () => {
  const settings = { temperature: 1, top_k: 0, top_p: 1, greedy: false, seed: 5 };
  const [logits, before] = [Float32Array.from([Math.log(7), 0]), Float32Array.from([0, Math.log(3)])];
  const told = { T: 3, V: 2, U: 1, P: 1, start: 2, query: 0, tokens, vocabulary: ["a", "b"], logits, before };
  const { panel } = show(Next, { ...told, settings, rev: 1, index: 2, u: 0.9 });
  const first = () => [panel.bars.children[0].dataset.id, (+panel.bars.children[0].dataset.p).toFixed(3)];
  assert.deepEqual(first(), ["0", "0.875"]);
  hover(0);
  assert.deepEqual(first(), ["1", "0.750"]);
  hover(1);
  assert.ok(panel.list.classList.classes.has("blank"));
  assert.match(panel.note.textContent, /^Click this token/);
  hover(2);
  assert.deepEqual(first(), ["0", "0.875"]);
});

test("next token: the track ends at 100 %, or under the lens where the longest bar just fits", () => {
  assert.deepEqual(
    [0.004, 0.17, 0.5, 0.98].map((most) => trackEnd(most, false)),
    [1, 1, 1, 1],
  );
  assert.deepEqual(
    [0.004, 0.17, 0.5, 0.98].map((most) => trackEnd(most, true)),
    [0.01, 0.2, 0.5, 1],
  );
  const settings = { temperature: 1, top_k: 0, top_p: 1, greedy: false, seed: 5 };
  const logits = Float32Array.from([Math.log(3), 0]);
  const { panel } = show(Next, {
    T: 1,
    tokens: ["a"],
    vocabulary: ["a", "b"],
    logits,
    settings,
    rev: 1,
    index: 0,
    u: 0,
  });
  const long = () => panel.rows.map(({ length }) => Math.round(parseFloat(length.style.width)));
  assert.deepEqual(long(), [75, 25]);
  const [temperature] = panel.knobs.all("input");
  temperature.value = "2";
  temperature.oninput();
  assert.deepEqual(long(), [63, 37]); // hotter: the top bar is shorter
});

test("next token: a click writes that token, where one writes and nothing has come yet", () => {
  const settings = { temperature: 1, top_k: 1, top_p: 1, greedy: false, seed: 5 };
  const logits = Float32Array.from([0, 0, 1, 0]);
  const data = { T: 2, tokens: ["a", "b"], vocabulary: ["a", "b"], logits, settings, rev: 1, index: 0, u: 0 };
  const picked = [];
  const { panel } = show(Next, data);
  assert.ok(panel.rows.every(({ pick }) => pick.disabled)); // this page does not write
  bus.write = (id) => picked.push(id);
  panel.draw();
  for (const { pick } of panel.rows) pick.onclick();
  assert.deepEqual(picked, [0, 1]); // a removed one, too: it is one's own choice
  assert.equal(panel.rows[1].share.textContent, "out");
  hover(0);
  assert.ok(panel.rows.every(({ pick }) => pick.disabled)); // what came is decided
});
