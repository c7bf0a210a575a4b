"""Predict, then reveal: what a question is, and how a guess is judged. The questions are in `catalogue.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gpt.config import need_int, need_one_of, need_real

Answer = float | str
UNKNOWN = "?"  # the guess of whoever says "I do not know"


@dataclass(frozen=True)
class Question:
    """A slider from `low` to `high`, or a choice of one of `choices`."""

    lesson: int
    name: str
    prompt: str
    answer: Callable[[], Answer]
    reveal: Callable[[Answer], str]  # one sentence with the number in it
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: str = ""
    tolerance: float = 0.0  # how far from the answer a slider still counts as right

    @property
    def start(self) -> float:
        """Where the slider stands before the guess: at three quarters, where no answer lies."""
        return self.low + self.step * round(0.75 * (self.high - self.low) / self.step)

    @property
    def kind(self) -> str:
        """The widget it wants: slider or choices."""
        return "choices" if self.choices else "slider"


@dataclass(frozen=True)
class Verdict:
    """What became of a guess."""

    guess: Answer  # UNKNOWN if there was none
    right: bool
    answer: Answer
    sentence: str

    @property
    def known(self) -> bool:
        """Whether there was a guess at all: what nobody guessed is neither right nor wrong."""
        return self.guess != UNKNOWN


def judge(question: Question, guess: object) -> Verdict:
    """Compare a guess with the answer, computed now. Raises ConfigError for a guess that the widget cannot give."""
    if guess == UNKNOWN:
        answer = question.answer()
        return Verdict(UNKNOWN, False, answer, question.reveal(answer))
    if question.choices:
        need_one_of("guess", guess, question.choices)
        answer = question.answer()
        return Verdict(str(guess), guess == answer, answer, question.reveal(answer))
    need_real("guess", guess, question.low, question.high)
    answer, number = question.answer(), float(guess)  # type: ignore[arg-type] # need_real has seen it
    return Verdict(number, abs(number - float(answer)) <= question.tolerance, answer, question.reveal(answer))


def write(question: Question, guess: Answer) -> str:
    """A guess as a link carries it: the number of the choice, the slider's number, or "?"."""
    if guess == UNKNOWN:
        return UNKNOWN
    return str(question.choices.index(str(guess)) + 1) if question.choices else f"{guess:g}"


def parse(question: Question, word: str) -> Answer:
    """A guess out of a link. Raises ConfigError or ValueError for what `write` cannot have written."""
    if word == UNKNOWN:
        return UNKNOWN
    if question.choices:
        number = int(word[:10])
        need_int("guess", number, 1, len(question.choices))
        return question.choices[number - 1]
    number = float(word[:20])
    need_real("guess", number, question.low, question.high)
    return number


def chosen(number: float, borders: tuple[float, ...], choices: tuple[str, ...]) -> str:
    """The choice whose stretch a number falls into: the first below borders[0], the last from the last border on."""
    return choices[sum(number >= border for border in borders)]
