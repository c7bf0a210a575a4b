import assert from "node:assert/strict";
import { test } from "node:test";

import { pack, raw } from "./support/pack.js";

import { unpack, unpackBoard } from "../../assets/components/shared/bytes.js";

test("arrays of each type come back under their names, whatever their lengths", () => {
  const header = {
    T: 3,
    tokens: ["a", "ü"],
    arrays: [
      ["shares", "u16", 3],
      ["vector", "i16", 1],
      ["none", "i16", 0],
      ["logits", "f32", 2],
    ],
  };
  const parts = [new Uint16Array([0, 65535, 7]), new Int16Array([-3]), new Int16Array(), new Float32Array([0.5, -2])];
  const found = unpack(pack(header, ...parts.map(raw)));
  assert.equal(found.T, 3);
  assert.deepEqual(found.tokens, ["a", "ü"]);
  assert.deepEqual([...found.shares], [0, 65535, 7]);
  assert.deepEqual([...found.vector], [-3]);
  assert.deepEqual([...found.none], []);
  assert.deepEqual([...found.logits], [0.5, -2]);
});

test("a board's parts are taken apart, bytes unpacked and JSON read", () => {
  const inner = pack({ T: 1, arrays: [["x", "u16", 1]] }, raw(new Uint16Array([9])));
  const json = '{"text":"ü"}';
  const listed = [
    ["prompt", 42, "json", json.length + 1],
    ["heads", 20, "bytes", inner.length],
    ["head", 22, "json", 2],
  ];
  const found = unpackBoard(pack({ panels: listed }, json, inner, "{}"));
  assert.deepEqual(
    found.map(([name, span]) => [name, span]),
    [
      ["prompt", 42],
      ["heads", 20],
      ["head", 22],
    ],
  );
  assert.deepEqual(found[0][2], { text: "ü" });
  assert.deepEqual([...found[1][2].x], [9]);
  assert.deepEqual(found[2][2], {});
});
