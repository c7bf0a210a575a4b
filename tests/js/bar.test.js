// The bar of every page: the way to the others, the tour, the projector.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { frame, reset, show } from "./support/page.js";

import Bar from "../../assets/components/panels/bar.js";

beforeEach(() => {
  reset();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
});

const pages = [
  ["Explore", [["Playground", ""]]],
  [
    "Learn",
    [
      ["Lessons", "lessons"],
      ["Quiz", "quiz"],
    ],
  ],
];
const bar = { sections: pages, current: "lessons", projector: false, tour: true };

test("bar: every page is a link in its section, the one that is shown is marked", () => {
  const { panel } = show(Bar, bar);
  for (const list of [panel.links, panel.list]) {
    const links = list.all("a");
    assert.deepEqual(
      links.map((link) => [link.textContent, link.getAttribute("href"), link.getAttribute("aria-current")]),
      [
        ["Playground", "./", null],
        ["Lessons", "./lessons", "page"],
        ["Quiz", "./quiz", null],
      ],
    );
  }
  assert.deepEqual(
    panel.list.all("span").map((name) => name.textContent),
    ["Explore", "Learn"],
  );
});

test("bar: a click has the platform draw another page in this session, and a modifier asks for a tab", () => {
  const visited = [];
  let address = "http://localhost/sub/lessons?lesson=3";
  globalThis.location = { href: address, search: "?lesson=3" };
  globalThis.history = { pushState: (_, __, to) => (address = String(to)) };
  globalThis.PopStateEvent = Event;
  document.baseURI = address;
  const told = () => visited.push(address);
  window.addEventListener("popstate", told);
  const { panel } = show(Bar, bar);
  const [first, current, quiz] = panel.links.all("a");
  const click = (link, more = {}) => {
    let kept = false;
    link.onclick({ preventDefault: () => (kept = true), ...more });
    return kept;
  };
  assert.ok(click(quiz) && click(first) && click(current)); // the page that is shown is not opened anew
  assert.equal(click(quiz, { ctrlKey: true }), false);
  assert.deepEqual(visited, ["http://localhost/sub/quiz", "http://localhost/sub/"]);
  window.removeEventListener("popstate", told);
  quiz.onpointerdown();
  assert.equal(quiz.getAttribute("href"), "./quiz?lesson=3");
});

test("a panel that has left the page is not drawn: it has no colours there", () => {
  const { panel } = show(Bar, bar);
  let drawn = 0;
  panel.draw = () => (drawn += 1);
  panel.drawSoon();
  frame();
  panel.drawSoon();
  panel.root.host.remove();
  frame();
  assert.equal(drawn, 1);
});

test("bar: what fits is shown", () => {
  const { panel } = show(Bar, bar);
  const fits = (...widths) => {
    Object.defineProperty(panel.bar, "scrollWidth", { get: () => widths.shift() ?? 0, configurable: true });
    panel.draw();
    return panel.bar.dataset.room;
  };
  assert.equal(fits(300), "all");
  assert.equal(fits(301, 300), "section");
  assert.equal(fits(900, 800, 300), "tools");
  assert.equal(panel.tools.parent, panel.bar);
  assert.equal(fits(900, 800, 700, 300), "none");
  assert.equal(panel.tools.parent, panel.drop);
  assert.equal(fits(200), "all");
  assert.equal(panel.tools.parent, panel.bar);
});

test("bar: the projector is the button's word from the first click on, in the address too", () => {
  globalThis.location = { href: "http://localhost/lessons?lesson=3" };
  globalThis.history = { state: 1, replaceState: (_, __, address) => (globalThis.location.href = address) };
  const { panel, sent } = show(Bar, bar);
  panel.large.onclick();
  panel.receive({ ...bar, projector: false }, panel.send); // an answer to something before
  assert.equal(panel.large.getAttribute("aria-pressed"), "true");
  assert.deepEqual(sent, [["projector", true]]);
  mock.timers.tick(500);
  assert.equal(globalThis.location.href, "http://localhost/lessons?lesson=3&present=1");
  panel.large.onclick();
  panel.draw();
  mock.timers.tick(500);
  assert.equal(globalThis.location.href, "http://localhost/lessons?lesson=3");
});

test("bar: the tour is offered once, on a page that has one", () => {
  let kept = null;
  globalThis.localStorage = { getItem: () => kept, setItem: (_, value) => (kept = value) };
  const { panel } = show(Bar, bar);
  assert.equal(panel.tour.textContent, "Take the tour");
  panel.later.onclick();
  assert.equal(panel.tour.textContent, "Tour");
  assert.equal(show(Bar, bar).panel.tour.textContent, "Tour");
  assert.ok(show(Bar, { ...bar, tour: false }).panel.tour.hidden);
});
