// Two maps of a head side by side: what is said of a pair of tokens, and where the colours of a difference end.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Contrast from "../../assets/components/panels/contrast.js";
import { scaleOf, tellPair } from "../../assets/components/shared/contrasts.js";
import { bus, move } from "../../assets/components/shared/bus.js";

beforeEach(reset);

/** @type {[number, number][]} */
const places = [
  [0, 1],
  [2, 2],
];
const told = { tokens: ["a", " "], places, causal: true };

test("a pair of tokens has its share in A, in B, and the difference in points", () => {
  const pair = "“·” (3) looks at “a” (1 in A, 2 in B)";
  assert.equal(tellPair(told, 0.25, 0.5, 1, 0), `${pair}: A 25.0 %, B 50.0 %, B − A +25.0 points.`);
  assert.equal(tellPair(told, 0.5, 0.4996, 1, 0), `${pair}: A 50.0 %, B 50.0 %, B − A 0.0 points.`);
  assert.match(tellPair(told, 0, 0, 0, 1), /cannot look at “·” \(3\): masked/);
});

test("one scale holds the differences of all heads", () => {
  const of = (/** @type {number} */ share) => scaleOf(Uint16Array.of(65535, 0), Uint16Array.of(65535, 65535 * share));
  assert.deepEqual([of(0), of(0.009), of(0.1), of(0.11), of(1)], [1, 1, 10, 20, 100]);
});

test("the heads stand in the order of what differs, the chosen one is large", () => {
  const heads = { L: 1, H: 2, T: 2, js: [0.125, null], order: [0, 1], sentence: "" };
  const maps = {
    a: Uint16Array.of(65535, 0, 65535, 65535, 0, 65535),
    b: Uint16Array.of(65535, 65535, 0, 65535, 0, 65535),
  };
  const { panel } = show(Contrast, { ...told, ...heads, ...maps });
  assert.deepEqual(
    panel.cells.map((cell) => cell.title),
    ["layer 1, head 1: 0.125 bits", "layer 1, head 2: no number"],
  );
  assert.equal(panel.heading.textContent, "Layer 1, head 1: 0.125 bits apart");
  panel.point([1, 0]);
  assert.match(panel.readout.textContent ?? "", /A 0.0 %, B 100.0 %, B − A \+100.0 points/);
  move({ layer: 3, head: 1 });
  panel.drawNow();
  assert.equal(panel.heading.textContent, "Layer 1, head 2: no row to compare");
  assert.equal(bus.view.layer, 3, "what is chosen stays chosen for other pages");
});
