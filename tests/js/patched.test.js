// Activation patching: a cell is a line of the stack of edits, a click puts it there or takes it out, a share is worked
// out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { toggled, wordOf, workedOut } from "../../assets/components/panels/patched.js";

test("a cell in the words of the link: a head at all tokens or at one, a vector of one token", () => {
  assert.equal(wordOf({ site: "z", first: 5, at: "all" }, [0, 1, 0]), "patch.z.2.1.all");
  assert.equal(wordOf({ site: "z", first: 5, at: "12" }, [0, 0, 3]), "patch.z.1.4.12");
  assert.equal(wordOf({ site: "mlp_out", first: 5, at: "all" }, [0, 2, 3]), "patch.mlp_out.3.all.8");
});

test("a line is put at the end of the stack, or taken out of it, on or off", () => {
  assert.equal(toggled("", "patch.z.2.1.all"), "patch.z.2.1.all");
  assert.equal(toggled("head.1.6.zero", "patch.z.2.1.all"), "head.1.6.zero~patch.z.2.1.all");
  assert.equal(toggled("-patch.z.2.1.all~head.1.6.zero", "patch.z.2.1.all"), "head.1.6.zero");
  assert.equal(toggled("patch.z.2.1.all", "patch.z.2.1.all"), "");
});

test("a share with its formula, negative terms in brackets", () => {
  const told = "(patched − A) / (B − A) = (3.21 − (-9.21)) / (8.99 − (-9.21)) = 0.68";
  assert.equal(workedOut(3.21, -9.21, 8.99, false), told);
  const other = "(patched − B) / (A − B) = (1.00 − 0.00) / (2.00 − 0.00) = 0.50";
  assert.equal(workedOut(1, 0, 2, true), other);
});
