"""Predict, then reveal: what a question is, and how a guess is judged. The questions are in `catalogue.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gpt.config import need_one_of, need_real

Answer = float | str


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

    right: bool
    answer: Answer
    sentence: str


def judge(question: Question, guess: object) -> Verdict:
    """Compare a guess with the answer, computed now. Raises ConfigError for a guess that the widget cannot give."""
    if question.choices:
        need_one_of("guess", guess, question.choices)
        answer = question.answer()
        return Verdict(guess == answer, answer, question.reveal(answer))
    need_real("guess", guess, question.low, question.high)
    answer = question.answer()
    right = abs(float(guess) - float(answer)) <= question.tolerance  # type: ignore[arg-type] # need_real has seen it
    return Verdict(right, answer, question.reveal(answer))


def chosen(number: float, borders: tuple[float, ...], choices: tuple[str, ...]) -> str:
    """The choice whose stretch a number falls into: the first below borders[0], the last from the last border on."""
    return choices[sum(number >= border for border in borders)]
