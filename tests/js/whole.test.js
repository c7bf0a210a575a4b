import assert from "node:assert/strict";
import { test } from "node:test";

import { scenes } from "../../assets/components/shared/wholestory.js";
import { feeding, inside, nameOf, partAt, picture, towards } from "../../assets/components/shared/wholeparts.js";

const shape = { T: 20, L: 3, H: 2, causal: true, norm: "pre", final: true, mlp: true };
const view = { width: 860, height: 360, open: 1, from: 20, upright: false };

const lay = (changes = {}, other = {}) => picture({ ...shape, ...changes }, { ...view, ...other });
const find = (parts, kind, layer, lane, which = 0) =>
  parts.find((one) => nameOf(one) === nameOf({ kind, layer, lane, which }));
const names = (set) => new Set([...set].map(nameOf));

test("every part lies within the picture, whatever the model, and lanes do not overlap", () => {
  for (const upright of [false, true]) {
    for (const L of [0, 1, 2, 6, 24]) {
      for (const T of [1, 2, 64, 256]) {
        for (const H of [1, 16]) {
          const size = upright ? { width: 340, height: 260 + 58 * L, upright } : {};
          const { parts, lanes } = lay({ L, T, H, final: L > 0 }, { open: Math.max(0, L - 1), from: T, ...size });
          const { width, height } = { ...view, ...size };
          for (const { x, y, w, h } of parts) {
            assert.ok(x >= 0 && y >= 0 && w > 0 && h > 0, `${L} ${T} ${H} ${upright}`);
            assert.ok(x + w <= width + 0.01 && y + h <= height + 0.01, `${L} ${T} ${H} ${upright} ${x + w} ${y + h}`);
          }
          assert.equal(new Set(parts.map(nameOf)).size, parts.length);
          assert.equal(parts.filter((one) => one.kind === "token").length, lanes);
          assert.equal(parts.filter((one) => one.kind === "guess").length, lanes * (L + 1));
        }
      }
    }
  }
});

test("the last tokens are in sight, unless others are wished for", () => {
  assert.deepEqual([lay().from, lay().lanes], [4, 16]);
  assert.equal(lay({}, { from: 2 }).from, 2);
  assert.equal(lay({ T: 5 }).from, 0);
});

test("what feeds a part: its own lane, and what an attention behind it may see", () => {
  const { parts } = lay();
  const fed = (kind, layer, lane, which) => names(feeding(shape, parts, find(parts, kind, layer, lane, which)));
  const guess = fed("guess", 0, 10);
  assert.ok(guess.has("token.-1.10.0") && guess.has("input.-1.10.0"));
  assert.ok(!guess.has("token.-1.9.0"), "before the first block nothing of another token is there");
  const first = fed("attn", 0, 10);
  assert.ok(first.has("token.-1.9.0") && first.has("guess.0.4.0"), "attention brings what earlier tokens were");
  assert.ok(!first.has("token.-1.11.0"), "and nothing of later ones");
  assert.ok(!first.has("attn.0.9.0"), "not what the same layer wrote to them");
  const mlp = fed("mlp", 1, 10);
  assert.ok(mlp.has("attn.1.10.0") && mlp.has("neurons.1.10.0") && mlp.has("head.1.-1.1"));
  assert.ok(mlp.has("mlp.0.9.0") && !mlp.has("mlp.1.9.0") && !mlp.has("neurons.1.9.0"));
  const end = fed("final", 3, 10);
  assert.ok(end.has("mlp.2.10.0") && !end.has("mlp.2.9.0") && end.has("guess.2.9.0"));
  const all = names(feeding({ ...shape, causal: false }, parts, find(parts, "attn", 0, 10)));
  assert.ok(all.has("token.-1.11.0"), "without the mask later tokens feed it, too");
  for (const part of parts) assert.ok(feeding(shape, parts, part).has(part));
});

test("what feeds a part feeds what that part feeds", () => {
  const { parts } = lay();
  const flows = parts.filter((one) => one.kind !== "block" && one.kind !== "head");
  const fed = new Map(flows.map((one) => [one, feeding(shape, parts, one)]));
  for (const one of flows) {
    for (const other of fed.get(one)) {
      if (!fed.has(other)) continue;
      for (const third of fed.get(other)) {
        if (fed.has(third)) assert.ok(fed.get(one).has(third), [one, other, third].map(nameOf).join(" < "));
      }
    }
  }
});

test("an open block shows its parts in the order in which a token passes them", () => {
  const kinds = (norm, mlp) => inside({ ...shape, norm, mlp }).map(([kind]) => kind);
  assert.deepEqual(kinds("pre", true), ["norm", "arcs", "attn", "norm", "neurons", "mlp"]);
  assert.deepEqual(kinds("post", true), ["arcs", "attn", "norm", "neurons", "mlp", "norm"]);
  assert.deepEqual(kinds("none", false), ["arcs", "attn"]);
});

test("the smallest part at a place is found, and keys lead from part to part", () => {
  const { parts } = lay();
  const one = find(parts, "norm", 1, 10);
  assert.equal(partAt(parts, one.x + 1, one.y + 1), one);
  assert.equal(partAt(parts, -5, 3), null);
  assert.equal(nameOf(towards(parts, one, [1, 0])), "norm.1.11.0");
  assert.equal(nameOf(towards(parts, one, [0, 1])), "arcs.1.10.0");
  const token = find(parts, "token", -1, 19);
  assert.equal(towards(parts, token, [1, 0]), token, "beyond the last lane there is none");
});

/** A model of such a shape, with numbers that are as good as any. */
function model(changes) {
  const d = { ...shape, T: 3, D: 4, C: 8, V: 5, M: 32, N: 2, K: 2, U: 3, open: 1, residual: true, ...changes };
  const some = (n) => Float32Array.from({ length: n }, (_, i) => 0.5 + (i % 7) / 10);
  return {
    ...d,
    tokens: ["a", " ", "b"],
    ids: [0, 4, 1],
    names: ["before attention", "before the MLP"].slice(0, d.N),
    roles: ["x", "y"],
    texts: ["a", "b"],
    u: 0.25,
    token_length: some(3),
    position_length: some(d.P ?? 3),
    stream: some((2 * d.L + 1) * 3),
    attn_length: some(d.L * 3),
    mlp_length: some(d.mlp ? d.L * 3 : 0),
    pattern: new Uint16Array(d.H * 6).fill(20_000),
    spread: some(d.N * 6),
    neuron: new Uint16Array(3 * d.K),
    strongest: some(3 * d.K),
    final_spread: some(6),
    guess: new Uint16Array((d.L + 1) * 3),
    share: some((d.L + 1) * 3),
    truth: some((d.L + 1) * 3),
    right: new Uint16Array((d.L + 1) * 3),
  };
}

test("the story has a scene for every part that the model has, and none for what it lacks", () => {
  const look = { lane: 2, head: 0, open: 1 };
  const all = scenes(model({}), look);
  assert.equal(all.length, 16);
  const { parts } = lay({ T: 3 });
  for (const { title, lit, says } of all) {
    assert.ok(parts.some(lit), title);
    assert.ok(!/NaN|undefined/.test(says), says);
  }
  const titles = (changes) => scenes(model(changes), { ...look, open: 0 }).map(({ title }) => title);
  const bigram = titles({ L: 0, N: 0, K: 0, P: 0, mlp: false, final: false });
  assert.deepEqual(bigram.length, 6);
  assert.ok(!titles({ mlp: false, K: 0 }).includes("Neurons fire"));
  assert.ok(!titles({ H: 1 }).includes("All heads at once"));
});
