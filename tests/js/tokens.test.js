// The strip of tokens: what it says, and how a token is let go.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { heads, tokens, whole } from "./support/model.js";
import { frame, reset, show } from "./support/page.js";

import Heads from "../../assets/components/panels/heads.js";
import Tokens, { strongestKeys } from "../../assets/components/panels/tokens.js";
import { bus, hover, looking, move } from "../../assets/components/shared/bus.js";

beforeEach(reset);

const strip = {
  tokens,
  chips: [],
  hidden: 0,
  written: 3,
};

test("a token says whom it looks at most", () => {
  const { panel } = show(Tokens, strip);
  move({ head: 1, pin: 2 });
  show(Heads, heads);
  frame();
  assert.equal(
    panel.note.textContent,
    "“c” at position 3 looks back, in layer 1, head 2: 60.0 % to “c” (3), 40.0 % to “b” (2).",
  );
  assert.deepEqual(strongestKeys(Float64Array.from([0.1, 0.004, 0.5]), 3), [2, 0]);
});

test("without a mask nobody is said to look back", () => {
  const { panel } = show(Tokens, strip);
  show(Heads, { ...heads, causal: false, pattern: whole([...Array(9).fill(1 / 3), ...Array(9).fill(1 / 3)]) });
  frame();
  assert.match(panel.note.textContent, /^“c” at position 3 looks around, in layer 1, head 1: /);
});

test("a token that is let go has no hold on the eye, and letting go again is harmless", () => {
  const { panel } = show(Tokens, strip);
  show(Heads, heads);
  frame();
  hover(0);
  move({ pin: 0 });
  assert.equal(looking(3), 0);
  const escape = { key: "Escape", target: panel.buttons[0], preventDefault() {} };
  for (const _ of [1, 2]) {
    panel.strip.onkeydown(escape);
    assert.equal(bus.view.pin, null);
    assert.equal(looking(3), 2);
    assert.match(panel.note.textContent, /^“c” at position 3/);
  }
});

test("a token that is pinned elsewhere, or before this page was opened, comes into sight", () => {
  bus.view.pin = 0;
  const { panel } = show(Tokens, strip);
  const place = (i, top) => Object.assign(panel.buttons[i], { offsetTop: 50 + top, offsetHeight: 20 });
  [0, 1, 2].forEach((i) => place(i, 24 * i));
  Object.assign(panel.strip, { scrollTop: 24, clientHeight: 24 });
  move({ pin: 1 });
  assert.equal(panel.strip.scrollTop, 24);
  move({ pin: 2 });
  assert.equal(panel.strip.scrollTop, 48);
  move({ pin: 0 });
  assert.equal(panel.strip.scrollTop, 0);
  move({ pin: null });
  assert.equal(panel.strip.scrollTop, 0);
});
