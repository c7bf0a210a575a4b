// Questions to guess before one looks: a click shows which answer is right, and why, in this model's own numbers.

import { el } from "../shared/dom.js";
import { Card } from "../shared/panel.js";

/**
 * @typedef {object} Question
 * @property {string} question
 * @property {string[]} options 2 to 4
 * @property {number} right which of them, from 0
 * @property {string} explanation shown after the guess
 */
/**
 * @typedef {object} Payload
 * @property {Question[]} questions
 * @property {string} waiting what is said while there is none
 */

const KEY = "nanoscope-guesses";
const KEPT = 40; // guesses of a tab, the newest

/**
 * What makes a question the same: its words, not the numbers that explain it.
 * @param {Question} question
 */
export const nameOf = ({ question, options }) => [question, ...options].join("\n");

/**
 * What was guessed in this tab, [question, option] each, the newest last.
 * @returns {[string, number][]}
 */
function guesses() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => Array.isArray(one) && one.length === 2) : [];
  } catch {
    return [];
  }
}

/**
 * The option that was guessed, null: none yet.
 * @param {Question} question
 */
export function guessed(question) {
  const found = guesses().find(([name]) => name === nameOf(question))?.[1];
  return Number.isInteger(found) && question.options[Number(found)] !== undefined ? Number(found) : null;
}

/**
 * Keep a guess while the tab is open; null forgets it.
 * @param {Question} question
 * @param {number | null} option
 */
export function keepGuess(question, option) {
  const others = guesses().filter(([name]) => name !== nameOf(question));
  const all = option === null ? others : [...others, /** @type {[string, number]} */ ([nameOf(question), option])];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(all.slice(-KEPT)));
  } catch {
    // A browser that keeps nothing.
  }
}

/**
 * What became of a guess, in a word.
 * @param {Question} question
 * @param {number} option
 */
export const verdict = ({ options, right }, option) =>
  option === right ? "Right." : `Not this time: it is “${options[right]}”.`;

/** @extends {Card<Payload>} */
export default class Guess extends Card {
  /** @param {ShadowRoot} root */
  constructor(root) {
    super(root, "Guess first", "run");
    this.list = el("div", { class: "questions" });
    this.body.append(this.list);
    /** Guesses of this page, for a browser that keeps nothing. @type {Map<string, number>} */
    this.here = new Map();
    this.shown = "";
    /** @type {Item[]} */
    this.items = [];
  }

  update() {
    const { questions, waiting } = this.data;
    this.say(questions.length ? "Choose an answer; then the numbers say which it is." : waiting);
    const shown = questions.map(nameOf).join("\n\n");
    if (shown !== this.shown) {
      // As long as the questions are the same their buttons stay, and with them the keyboard's focus.
      this.shown = shown;
      this.items = questions.map((question, i) => this.item(question, i));
      this.list.replaceChildren(...this.items.map(({ group }) => group));
    }
    questions.forEach((question, i) => this.tell(question, this.items[i]));
  }

  /**
   * @typedef {object} Item
   * @property {HTMLElement} group
   * @property {HTMLButtonElement[]} buttons
   * @property {HTMLElement} answer
   */
  /**
   * One question's elements.
   * @param {Question} question
   * @param {number} i
   * @returns {Item}
   */
  item({ question, options }, i) {
    const buttons = options.map((text, option) =>
      el("button", { type: "button", class: "option", onclick: () => this.choose(i, option) }, text),
    );
    const answer = el("p", { class: "answer", role: "status" });
    const words = el("p", { class: "question", text: question });
    const choices = el("div", { class: "row", role: "group", "aria-label": question }, ...buttons);
    return { group: el("div", { class: "one" }, words, choices, answer), buttons, answer };
  }

  /**
   * A click guesses; a second one on the same answer takes the guess back.
   * @param {number} i
   * @param {number} option
   */
  choose(i, option) {
    const question = this.data.questions[i];
    const again = this.guess(question) === option;
    keepGuess(question, again ? null : option);
    if (again) this.here.delete(nameOf(question));
    else this.here.set(nameOf(question), option);
    this.tell(question, this.items[i]);
  }

  /** @param {Question} question */
  guess(question) {
    return this.here.get(nameOf(question)) ?? guessed(question);
  }

  /**
   * Mark the answers and explain, once there is a guess.
   * @param {Question} question
   * @param {Item} item
   */
  tell(question, { group, buttons, answer }) {
    const option = this.guess(question);
    group.dataset.guess = option === null ? "" : String(option);
    buttons.forEach((button, j) => {
      const right = option !== null && j === question.right;
      const wrong = option === j && !right;
      button.setAttribute("aria-pressed", String(option === j));
      button.classList.toggle("right", right);
      button.classList.toggle("wrong", wrong);
      button.textContent = (right ? "✓ " : wrong ? "✗ " : "") + question.options[j];
    });
    const text = option === null ? "" : `${verdict(question, option)} ${question.explanation}`;
    if (answer.textContent !== text) answer.textContent = text;
  }
}
