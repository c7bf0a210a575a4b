"""What the page Exercises lets choose: which forward is completed, and the lines that were put in order for each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui.state.parameter import Parameter

if TYPE_CHECKING:
    from pages.ui.state.inputs import Inputs

EXERCISES = ("head", "block", "model")
PLACE = re.compile(r"([a-z]{2,3})([0-3])")  # a line's key and its depth
MOST = 80  # lines that anybody has placed; there are not so many

Places = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ExerciseChoice:
    """The lines of all exercises stand in one list: to go to another one loses nothing."""

    exercise: str = EXERCISES[0]
    lines: Places = ()  # key and depth, from the top


def parse_exercise(word: str, inputs: Inputs) -> str:
    """One of the exercises."""
    if word not in EXERCISES:
        raise ValueError(f"The link's exercise is not one of {', '.join(EXERCISES)}; showing {EXERCISES[0]}.")
    return word


def parse_lines(word: str, inputs: Inputs) -> Places:
    """Lines with their depths, "hq1.hk1": each once; what is no line of an exercise is left out."""
    from gpt.lessons.exercises.table import EXERCISES as TABLE

    known = {line.key for exercise in TABLE.values() for line in exercise.lines}
    found = (PLACE.fullmatch(part) for part in word.split(".")[:MOST])
    placed = [(match[1], int(match[2])) for match in found if match and match[1] in known]
    return tuple({key: (key, depth) for key, depth in reversed(placed)}.values())[::-1]


def write_lines(lines: Places) -> str:
    """As `parse_lines` reads it."""
    return ".".join(f"{key}{depth}" for key, depth in lines)


def lines_notice(word: str, value: Places, inputs: Inputs) -> str:
    """What to tell when some were left out."""
    left = len([part for part in word.split(".") if part]) - len(value)
    return f"{left} of the link's lines are no lines of these exercises, or stand there twice." if left else ""


ROWS = (
    Parameter("exercise", "exercises.exercise", lambda _: EXERCISES[0], parse_exercise, str),
    Parameter("lines", "exercises.lines", lambda _: (), parse_lines, write_lines, lines_notice),
)
