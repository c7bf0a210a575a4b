import assert from "node:assert/strict";
import { test } from "node:test";

import { lift, mix, paint, pixels, ramp, rgb } from "../../assets/components/shared/colours.js";

const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const RED = [255, 0, 0];

test("colours are read as style sheets write them", () => {
  assert.deepEqual(rgb("#0a10ff"), [10, 16, 255]);
  assert.deepEqual(rgb("rgb(1, 2.5, 3)"), [1, 2.5, 3]);
  assert.deepEqual(rgb("rgba(9, 8, 7, 0.5)"), [9, 8, 7]);
  assert.deepEqual(rgb(""), [128, 128, 128]);
  assert.equal(paint(RED), "rgb(255,0,0)");
});

test("a mixture goes from one to the other", () => {
  assert.deepEqual(mix(WHITE, BLUE, 0), WHITE);
  assert.deepEqual(mix(WHITE, BLUE, 1), BLUE);
  assert.deepEqual(mix(WHITE, BLUE, 0.2), [204, 204, 255]);
});

test("signed values: below zero blue, above red, white at zero, no further than the ends", () => {
  const colourAt = ramp([BLUE, WHITE, RED]);
  assert.deepEqual(colourAt(-1), BLUE);
  assert.deepEqual(colourAt(0), WHITE);
  assert.deepEqual(colourAt(1), RED);
  assert.deepEqual(colourAt(-0.5), [128, 128, 255]);
  assert.deepEqual(colourAt(0.5), [255, 128, 128]);
  assert.deepEqual(colourAt(-7), BLUE);
  assert.deepEqual(colourAt(7), RED);
});

test("small weights are lifted into sight, the ends stay", () => {
  assert.equal(lift(0), 0);
  assert.equal(lift(1), 1);
  assert.ok(lift(0.01) > 0.05);
});

test("pixels run from 0 to 1, opaque, red in the lowest byte", () => {
  const all = pixels(3, (share) => [Math.round(255 * share), 0, 16]);
  assert.deepEqual(
    [...all].map((pixel) => pixel.toString(16)),
    ["ff100000", "ff100080", "ff1000ff"],
  );
});
