// The page Tokens in a page of node: pieces after so many merges, bytes, and a panel that waits for the background.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { reset, show } from "./support/page.js";

import Merging, { mergesAt, pieces } from "../../assets/components/panels/merging.js";
import { Again } from "../../assets/components/shared/again.js";

beforeEach(reset);

const NEVER = 65_535;

test("pieces: seams that are closed by then are glued, the last one never", () => {
  const closed = [3, 1, NEVER, 2, NEVER];
  assert.deepEqual(pieces("abcde", closed, 0), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(pieces("abcde", closed, 1), ["a", "bc", "d", "e"]);
  assert.deepEqual(pieces("abcde", closed, 3), ["abc", "de"]);
  assert.deepEqual(pieces("", [], 9), []);
});

test("pieces: half a character is told by its bytes", () => {
  assert.deepEqual(pieces("é", [2, NEVER], 1), ["<0xC3>", "<0xA9>"]);
  assert.deepEqual(pieces("é", [2, NEVER], 2), ["é"]);
  assert.deepEqual(pieces("\ufeffa", [1, 1, NEVER, NEVER], 1), ["\ufeff", "a"]);
});

test("stops of the slider", () => {
  assert.deepEqual(
    [0, 0.5, 1].map((at) => mergesAt(at, 8_000)),
    [0, 1_000, 8_000],
  );
});

test("a panel that waits asks again until all is done, and not when it is gone", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  const again = new Again();
  again.follow(0.2, (state, value) => sent.push([state, value]));
  mock.timers.tick(1_000);
  again.follow(null, () => assert.fail());
  again.follow(0.9, () => assert.fail());
  again.stop();
  mock.timers.tick(5_000);
  assert.deepEqual(sent, [["again", { n: 1 }]]);
  mock.timers.reset();
});

test("the slider cuts at once, and tells Python when it is let go", () => {
  const data = {
    sentence: "",
    text: "abc",
    characters: 3,
    T: 3,
    closed: Uint16Array.from([1, 2, NEVER]),
    merges: 1,
    most: 2,
    sizes: [257, 258],
    listed: [
      [1, "a", "b"],
      [2, "ab", "c"],
    ],
    busy: null,
  };
  const { panel, sent } = show(Merging, data);
  assert.equal(panel.strip.children.length, 2);
  panel.step(1);
  assert.equal(panel.strip.children.length, 1);
  assert.match(panel.readout.textContent, /^2 of 2 merges \(258 entries\): 1 tokens; as characters 3, as bytes 3/);
  assert.deepEqual(sent, [["choice", { merges: "2" }]]);
});
