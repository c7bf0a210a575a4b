import assert from "node:assert/strict";
import { test } from "node:test";

import { pack, raw } from "./support/pack.js";

import { joined, unpack, unpackBoard } from "../../assets/components/shared/bytes.js";

/** 16-bit numbers as they travel: blocks of eight; the widths of all, then each block's bits, plane by plane. */
const codes = (...numbers) => {
  const blocks = Array.from({ length: 2 * Math.ceil(numbers.length / 16) }, (_, i) => numbers.slice(8 * i, 8 * i + 8));
  const needed = blocks.map((block) =>
    Math.max(0, ...block.map((number) => number.toString(2).replace(/^0/, "").length)),
  );
  const told = needed.map((width) => Math.min(width, 15));
  const widths = Uint8Array.from({ length: blocks.length / 2 }, (_, i) => told[2 * i] | (told[2 * i + 1] << 4));
  const planes = blocks.flatMap((block, at) =>
    Array.from({ length: told[at] === 15 ? 16 : told[at] }, (_, bit) =>
      block.reduce((byte, number, i) => byte | (((number >> bit) & 1) << i), 0),
    ),
  );
  return [widths, Uint8Array.from(planes)];
};
const none = [0, 0, 0];

test("arrays of each type come back under their names, whatever their lengths", () => {
  const many = Array.from({ length: 139 }, (_, i) => (i % 8 ? i * i * 191 : 65535) % 2 ** Math.min(i >> 3, 16)); // every width
  const header = {
    T: 3,
    tokens: ["a", "ü"],
    arrays: [
      ["shares", "u16", [1, 3, 1], none],
      ["many", "u16", [1, 139, 1], none],
      ["vector", "i16", [1, 1, 1], none],
      ["none", "i16", [0, 0, 0], none],
      ["logits", "f32", [1, 2, 1], none],
    ],
  };
  const parts = [
    ...codes(0, 65535, 7),
    ...codes(...many),
    raw(new Int16Array([-3])),
    raw(new Int16Array()),
    raw(new Float32Array([0.5, -2])),
  ];
  const found = unpack(pack(header, ...parts));
  assert.equal(found.T, 3);
  assert.deepEqual(found.tokens, ["a", "ü"]);
  assert.deepEqual([...found.shares], [0, 65535, 7]);
  assert.deepEqual([...found.many], many);
  assert.deepEqual([...found.vector], [-3]);
  assert.deepEqual([...found.none], []);
  assert.deepEqual([...found.logits], [0.5, -2]);
  assert.equal(found.arrays, undefined);
});

test("an array of which only the middle came is put together, row by row", () => {
  const old = new Float32Array([1, 2, 3, 4, 5, 6]); // two rows of three numbers
  const middle = new Float32Array([8, 9]);
  assert.deepEqual([...joined(old, middle, [2, 4, 1], [2, 1, 0])], [1, 2, 8, 3, 4, 5, 9, 6]);
  assert.deepEqual([...joined(old, new Float32Array(), [2, 2, 1], [2, 0, 0])], [1, 2, 4, 5]);
  const pairs = new Float32Array([1, 2, 3, 4]); // two slices of two
  assert.deepEqual([...joined(pairs, new Float32Array([7, 7]), [1, 2, 2], [1, 0, 0])], [1, 2, 7, 7]);
});

test("what differs from what is held at the same place is told as that, around the end if need be", () => {
  const old = new Uint16Array([9, 100, 65535, 0, 9, 7, 7, 7]); // two rows of four numbers
  const middle = new Uint16Array([2, 1, 5, 0, 3, 6]); // + 1, - 1, a new one; 0, - 2, a new one
  assert.deepEqual([...joined(old, middle, [2, 4, 1], [1, 0, 2])], [9, 101, 65534, 5, 9, 7, 5, 6]);
  const ends = new Uint16Array([65535, 0]);
  assert.deepEqual([...joined(ends, new Uint16Array([2, 1]), [1, 2, 1], [0, 0, 2])], [0, 65535]);
});

test("what a panel is not told again is as it was", () => {
  const held = { T: 2, words: ["a"], x: new Uint16Array([1, 2]), shift: new Float32Array([5]) };
  const header = {
    T: 3,
    arrays: [
      ["x", "u16", [1, 3, 1], [2, 0, 0]],
      ["shift", "f32", [1, 1, 1], [1, 0, 0]],
    ],
  };
  const found = unpack(pack(header, ...codes(300)), held);
  assert.deepEqual([found.T, found.words, [...found.x], [...found.shift]], [3, ["a"], [1, 2, 300], [5]]);
  assert.equal(held.x.length, 2);
});

test("a board's parts are taken apart; what did not change is the earlier frame's, a list in common travels once", () => {
  const arrays = [["x", "u16", [1, 1, 1], none]];
  const json = '{"text":"ü","tokens":["a","b"]}';
  const inner = pack({ T: 1, also: ["tokens"], arrays }, ...codes(9));
  const bytes = pack({ T: 1, arrays }, ...codes(9));
  const listed = [
    ["prompt", 42, "json", "whole", json.length + 1],
    ["heads", 20, "bytes", "whole", inner.length],
    ["head", 22, "json", "changed", 2],
    ["next", 10, "bytes", "changed", bytes.length],
  ];
  const earlier = new Map(Object.entries({ head: { a: 1 }, next: { b: 2 }, heads: { c: 3 } }));
  const blob = pack({ frame: "v-2", base: "v-1", panels: listed }, json, inner, "{}", bytes);
  const { frame, parts } = unpackBoard(blob, (name) => (name === "v-1" ? earlier : null));
  assert.equal(frame, "v-2");
  assert.deepEqual(
    parts.map(({ name, span }) => [name, span]),
    listed.map(([name, span]) => [name, span]),
  );
  assert.deepEqual(parts[0].data, { text: "ü", tokens: ["a", "b"] });
  assert.deepEqual(parts[1].data, { T: 1, x: new Uint16Array([9]), tokens: ["a", "b"] });
  assert.deepEqual(parts[2].data, { a: 1 });
  assert.deepEqual(parts[3].data, { b: 2, T: 1, x: new Uint16Array([9]) });
  assert.equal(unpackBoard(blob, () => null).parts, null);
});
