// A guess is judged by what Python said, stays while the question is the same, and can be taken back.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { reset, show } from "./support/page.js";

import Guess, { guessed, keepGuess } from "../../assets/components/panels/guess.js";

beforeEach(reset);

const first = { question: "Which is longer?", options: ["the stream", "its copy"], right: 0, explanation: "4.00 : 1." };
const second = { question: "And shorter?", options: ["a", "b", "c"], right: 2, explanation: "c is." };
const two = { questions: [first, second], waiting: "" };

test("nothing is told before a guess; then which is right, and why", () => {
  const { panel, sent } = show(Guess, two);
  const [one] = panel.items;
  assert.equal(one.answer.textContent, "");
  one.buttons[1].onclick();
  assert.equal(one.answer.textContent, "Not this time: it is “the stream”. 4.00 : 1.");
  assert.deepEqual(
    [...one.buttons].map((button) => button.textContent),
    ["✓ the stream", "✗ its copy"],
  );
  assert.equal(panel.items[1].answer.textContent, "");
  one.buttons[0].onclick();
  assert.match(one.answer.textContent, /^Right\. /);
  one.buttons[0].onclick();
  assert.equal(one.answer.textContent, "");
  assert.deepEqual(sent, []);
});

test("a guess stays with its question: other numbers, another answer, another page in between", () => {
  const { panel } = show(Guess, two);
  const buttons = panel.items[0].buttons;
  buttons[1].onclick();
  panel.receive({ ...two, questions: [{ ...first, right: 1, explanation: "1 : 4.00." }] }, () => {});
  assert.equal(panel.items[0].answer.textContent, "Right. 1 : 4.00.");
  assert.equal(show(Guess, two).panel.items[0].group.dataset.guess, "1");
  assert.equal(
    show(Guess, { ...two, questions: [{ ...first, question: "Else?" }] }).panel.items[0].answer.textContent,
    "",
  );
});

test("the same questions keep their buttons; without any the card says why", () => {
  const { panel } = show(Guess, two);
  const [button] = panel.items[0].buttons;
  panel.receive({ ...two, questions: [{ ...first, explanation: "5.00 : 1." }, second] }, () => {});
  assert.equal(panel.items[0].buttons[0], button);
  panel.receive({ questions: [], waiting: "Type first." }, () => {});
  assert.equal(panel.note.textContent, "Type first.");
  assert.equal(panel.list.children.length, 0);
});

test("what is kept may be anybody's", () => {
  for (const text of [
    "{",
    "7",
    '["a", [1], [null, 9]]',
    JSON.stringify([["Which is longer?\nthe stream\nits copy", 9]]),
  ]) {
    sessionStorage.setItem("nanoscope-guesses", text);
    assert.equal(guessed(first), null);
    keepGuess(first, 1);
    assert.equal(guessed(first), 1);
  }
});
