"""A forward to complete: lines to choose from, the program so far, and its numbers beside those of the class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pages.ui.board.panel import Panel, sized
from pages.ui.state.choices.exercises import ExerciseChoice, write_lines

if TYPE_CHECKING:
    from gpt.lessons.exercises.judgement import Judgement
    from gpt.lessons.exercises.line import Exercise

Table = Sequence[Sequence[str]]
NOWHERE = -1  # of what has no line


@dataclass(frozen=True, kw_only=True, eq=False)
class Puzzle(Panel):
    """One exercise. It tells `exercise` and `lines` as choices, in the words of the link."""

    name = "puzzle"
    exercise: str
    exercises: Sequence[tuple[str, str, bool]]  # key, title, whether it is solved
    task: str
    head: str  # the line that is there from the beginning
    lines: Sequence[tuple[str, str, str]]  # key, text, shape of what it makes
    placed: Sequence[tuple[str, int]]  # key and depth
    rest: str  # the lines of the other exercises, as the link has them
    said: str
    solved: bool
    at: int  # the line at which something is wrong, from 0; NOWHERE
    hints: Sequence[tuple[int, str]]  # line or NOWHERE, sentence
    answer: Sequence[tuple[str, int]]
    columns: Sequence[str]
    rows: Sequence[str]  # the tokens
    truth: Table = sized("T")
    yours: Table  # empty while nothing is returned

    @property
    def T(self) -> int:  # noqa: N802 - the letter of the shapes
        """How many tokens the exercise reads."""
        return len(self.rows)


def panel(chosen: ExerciseChoice) -> Puzzle:
    """The chosen exercise with what was placed of its lines."""
    from gpt.lessons.exercises.table import EXERCISES

    exercise = EXERCISES[chosen.exercise]
    found = {one.key: judged(one, chosen) for one in EXERCISES.values()}
    here, own = found[exercise.key], {line.key for line in exercise.lines}
    return Puzzle(
        exercise=exercise.key,
        exercises=[(one.key, one.title, found[one.key].solved) for one in EXERCISES.values()],
        task=exercise.task,
        head=exercise.head,
        lines=[(line.key, line.text, line.shape) for line in exercise.offered],
        placed=[place for place in chosen.lines if place[0] in own],
        rest=write_lines(tuple(place for place in chosen.lines if place[0] not in own)),
        said=here.said,
        solved=here.solved,
        at=NOWHERE if here.at is None else here.at,
        hints=[(NOWHERE if at is None else at, why) for at, why in here.hints],
        answer=[(line.key, depth) for line, depth in exercise.answer],
        columns=exercise.columns,
        rows=[f"token {t + 1}" for t in range(here.truth.shape[1])],
        truth=table(here.truth),
        yours=table(here.yours),
    )


def judged(exercise: Exercise, chosen: ExerciseChoice) -> Judgement:
    """What the lines of one exercise give."""
    from gpt.lessons.exercises.judgement import judge

    keys = {line.key for line in exercise.lines}
    return judge(exercise, [(exercise.line(key), depth) for key, depth in chosen.lines if key in keys])


def table(value: Any) -> list[list[str]]:
    """A returned tensor's numbers, a row for each token; nothing of what is no tensor."""
    from torch import Tensor

    if not isinstance(value, Tensor):
        return []
    wide = value.reshape(-1, value.shape[-1]) if value.dim() > 1 else value.reshape(1, -1)  # (rows, numbers)
    return [[f"{x:.4f}" for x in row] for row in wide.tolist()]
