// How panels are laid out, updated and put away, and how their code reaches them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { pack, packBoard } from "./support/pack.js";
import { place, reset } from "./support/page.js";

import { deliver, showWith } from "../../assets/components/arrival.js";
import { shower } from "../../assets/components/board.js";
import { hover } from "../../assets/components/shared/bus.js";
import { Card } from "../../assets/components/shared/panel.js";

/** @type {string[]} */
let happened = [];

/** @type {any} the panel that was opened last */
let latest = null;

/** Notes what happens to it. */
class Noting extends Card {
  constructor(root) {
    super(root, "Noting");
    latest = this;
  }

  hears() {
    return { hover: () => this.draw() };
  }

  update() {
    happened.push(`${this.data.name} updates`);
  }

  draw() {
    happened.push(`${this.data.name} draws`);
  }

  leave() {
    happened.push(`${this.data.name} leaves`);
  }
}
const kinds = { one: Noting, two: Noting, tokens: Noting, selection: Noting };
const show = shower(kinds, { common: "/* all */", one: "/* one */", board: "/* board */" });

/** @type {(() => void)[]} */
let endings = [];

beforeEach(() => {
  for (const end of endings) end();
  endings = [];
  happened = [];
  reset();
});

function give(root, data, setStateValue = () => {}) {
  const cleanUp = show("board", { parentElement: root, data, setStateValue });
  endings.push(() => {
    if (root.isConnected) root.host.remove();
    cleanUp();
  });
  return cleanUp;
}

test("a board keeps its panels over updates, in the order and width that Python says", () => {
  const root = place();
  give(root, packBoard(["one", 20, { name: "a" }], ["two", 40, { name: "b" }]));
  const grid = root.children[1];
  const rooms = [...grid.children];
  assert.deepEqual(happened, ["a updates", "a draws", "b updates", "b draws"]);
  assert.equal(rooms[0].shadowRoot.children[0].textContent, "/* all *//* one */");
  assert.equal(rooms[1].shadowRoot.children[0].textContent, "/* all */");
  happened = [];
  give(root, packBoard(["two", 60, { name: "c" }], ["one", 20, { name: "d" }]));
  assert.deepEqual(grid.children, [rooms[1], rooms[0]]);
  assert.deepEqual(happened, ["c updates", "c draws", "d updates", "d draws"]);
  happened = [];
  hover(1);
  assert.deepEqual(happened.toSorted(), ["c draws", "d draws"]);
});

test("two panels of a kind stand on one board under names of their own", () => {
  const root = place();
  give(root, packBoard(["one", 20, { name: "a" }], ["one:more", 40, { name: "b" }]));
  const rooms = [...root.children[1].children];
  assert.deepEqual(happened, ["a updates", "a draws", "b updates", "b draws"]);
  assert.equal(rooms[1].getAttribute("class"), "room one more");
  assert.equal(rooms[1].shadowRoot.children[0].textContent, "/* all *//* one */");
});

test("what is selected stands in the tokens' room, in whatever order both are sent", () => {
  const [selection, tokens] = [
    ["selection", 60, { name: "s" }],
    ["tokens", 60, { name: "t" }],
  ];
  const root = place();
  give(root, packBoard(selection, ["one", 20, { name: "a" }], tokens));
  const grid = root.children[1];
  const [one, outer] = grid.children;
  assert.equal(grid.children.length, 2);
  assert.equal(one.shadowRoot.children[1].getAttribute("aria-label"), "Noting");
  const [inner] = outer.children;
  give(root, packBoard(tokens, selection, ["one", 20, { name: "a" }]));
  assert.deepEqual([...grid.children], [outer, one]);
  assert.deepEqual(outer.children, [inner]);
  give(root, packBoard(["one", 20, { name: "a" }], selection));
  assert.deepEqual([...grid.children], [one, inner], "without tokens it has a row of its own");
});

test("with what is told goes the newest frame; one that builds on a frame that is not here is asked for whole", () => {
  const root = place();
  const told = [];
  const setStateValue = (state, value) => told.push([state, value]);
  const panels = [["one", 20, "json", "whole", 12]];
  const blob = (frame, base, listed, ...parts) => pack({ frame, base, panels: listed }, ...parts);
  const next = (...frame) => give(root, blob(...frame), setStateValue);
  next("v-1", "", panels, '{"name":"a"}');
  const panel = latest;
  panel.send("typed", { text: "x" });
  panel.send("slid", 3);
  next("v-2", "v-1", [["one", 20, "json", "changed", 2]], "{}");
  panel.send("typed", { text: "y" });
  assert.deepEqual(told, [
    ["typed", { text: "x", have: "v-1" }],
    ["slid", 3],
    ["typed", { text: "y", have: "v-2" }],
  ]);
  happened = [];
  next("v-9", "v-8", [["one", 20, "json", "changed", 2]], "{}");
  assert.deepEqual(happened, []);
  assert.deepEqual(told.at(-1), ["lack", { n: 1 }]);
  for (let i = 3; i < 8; i++) next(`v-${i}`, `v-${i - 1}`, [["one", 20, "json", "changed", 2]], "{}");
  next("v-9", "v-3", [["one", 20, "json", "changed", 2]], "{}"); // five frames ago: forgotten here, and never named by Python
  assert.deepEqual(told.at(-1), ["lack", { n: 2 }]);
});

test("a panel that is not sent any more leaves, and hears nothing", () => {
  const root = place();
  give(root, packBoard(["one", 20, { name: "a" }], ["two", 40, { name: "b" }]));
  happened = [];
  give(root, packBoard(["two", 60, { name: "c" }]));
  hover(2);
  assert.deepEqual(happened, ["a leaves", "c updates", "c draws", "c draws"]);
  assert.equal(root.children[1].children.length, 1);
});

test("an update that was overtaken silences nothing; an element that is gone does", () => {
  const root = place();
  const overtaken = give(root, packBoard(["one", 20, { name: "a" }]));
  overtaken();
  happened = [];
  hover(3);
  assert.deepEqual(happened, ["a draws"]);
  root.host.remove();
  overtaken();
  happened = [];
  hover(4);
  assert.deepEqual(happened, []);
});

test("a panel stands alone, too", () => {
  const root = place();
  show("two", { parentElement: root, data: { name: "x" }, setStateValue: () => {} });
  assert.deepEqual(happened, ["x updates", "x draws"]);
  assert.equal(root.children[1].getAttribute("aria-label"), "Noting");
});

test("what is mounted before the code is here waits for it, in order; later it is shown at once", async () => {
  const seen = [];
  const code = (name, given) => {
    seen.push([name, given]);
    return () => {};
  };
  const waiting = [showWith("v1", "one", 1), showWith("v1", "one", 2)];
  assert.deepEqual(seen, []);
  deliver("v1", code);
  await Promise.all(waiting);
  assert.equal(typeof showWith("v1", "two", 3), "function");
  assert.deepEqual(seen, [
    ["one", 1],
    ["one", 2],
    ["two", 3],
  ]);
});

test("another version is never shown: the page begins again", () => {
  let reloads = 0;
  globalThis.location = { reload: () => (reloads += 1) };
  deliver("v1", () => () => {});
  assert.equal(reloads, 0);
  deliver("v2", () => assert.fail("shown beside another version"));
  assert.equal(reloads, 1);
});
