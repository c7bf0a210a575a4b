import assert from "node:assert/strict";
import { test } from "node:test";

import {
  exact,
  glyph,
  hundredths,
  named,
  percent,
  short,
  spoken,
  tenths,
} from "../../assets/components/shared/text.js";

test("nothing in a token stays invisible", () => {
  assert.equal(glyph("a b\n\t\r"), "a·b↵⇥␍");
  assert.equal(glyph("\u200b\u00a0"), "U+200BU+00A0");
  assert.equal(glyph("é𝛼"), "é𝛼");
});

test("a token is read aloud by its name", () => {
  assert.equal(spoken(" "), "space");
  assert.equal(spoken("\n"), "newline");
  assert.equal(spoken("\u00ad"), "U+00AD");
  assert.equal(spoken("the"), "the");
  assert.equal(spoken(" the"), "space the");
  assert.equal(spoken("a\n\n"), "a newline newline");
});

test("places count from 1", () => assert.equal(named(["x", " "], 1), "“·” (2)"));

test("shares are whole percents, small ones have two digits", () => {
  const said = { 0: "0 %", 1: "100 %", 0.4567: "46 %", 0.0995: "10 %", 0.0994: "9.9 %", 0.00123: "0.12 %" };
  for (const [share, text] of Object.entries(said)) assert.equal(percent(+share), text);
});

test("what is nearly all is not called all", () => {
  assert.deepEqual([0.9999, 0.996, 0.994, 0.99999999, 1e-7].map(percent), [
    "> 99 %",
    "> 99 %",
    "99 %",
    "100 %",
    "< 0.01 %",
  ]);
  assert.deepEqual([0.9999, 0.9994, 1, 0.4567, 0].map(tenths), ["> 99.9 %", "99.9 %", "100.0 %", "45.7 %", "0.0 %"]);
});

test("numbers keep sensible digits", () => {
  assert.equal(exact(0), "0.0000");
  assert.equal(exact(-0.12345), "-0.1235");
  assert.equal(exact(0.00001234), "1.23e-5");
  assert.equal(hundredths(-0.001), "0.00");
  assert.equal(hundredths(-0.006), "-0.01");
  assert.equal(hundredths(2), "2.00");
  assert.deepEqual(
    [132.4, 0.0123, 23.4].map((x) => short(x)),
    ["130", "0.012", "23"],
  );
  assert.equal(short(1234.5, 3), "1230");
});
