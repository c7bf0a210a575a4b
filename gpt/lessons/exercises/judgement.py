"""Judge a program: its numbers beside the class's, where they part, and a sentence for everything that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from gpt.lessons.exercises import program
from gpt.lessons.exercises.line import BODY, MARGIN, Exercise, Line, Placed

SAME = 1e-6  # two numbers that are no further apart are the same


@dataclass(frozen=True)
class Judgement:
    """What a program gives beside the truth."""

    said: str  # what came out, in one or two sentences
    hints: tuple[tuple[int | None, str], ...]  # what is wrong: the line's place, if it has one, and a sentence
    truth: Tensor  # what the class returns
    yours: Any = None  # what the program returns
    distance: float | None = None  # the largest difference of the two; None while nothing is returned
    at: int | None = None  # the line after which its numbers first differ, or at which it stops

    @property
    def solved(self) -> bool:
        """Whether it gives the class's numbers, and with no line amiss."""
        return self.distance is not None and self.distance <= SAME and not self.hints


def truth(exercise: Exercise) -> Tensor:
    """What PyTorch gives for the class itself."""
    with torch.no_grad():
        return exercise.module()(*exercise.given().values())


def judge(exercise: Exercise, placed: Placed) -> Judgement:
    """Look at the lines, run them if they are a program, and compare."""
    right = truth(exercise)
    hints = tuple(complaints(exercise, placed))
    if not placed:
        return Judgement("Nothing is there yet: choose the first line.", hints, right)
    for at, why in program.misplaced(placed):
        said = f"Line {at + 1} makes no program of it: look at how far it is indented. Nothing was run."
        if placed[at][0].kind == "for" and "nothing below" in why:
            said = f"Line {at + 1} opens a loop with nothing in it. Nothing was run."
        return Judgement(said, hints, right, at=at)
    ran = program.run(exercise, placed)
    parts = parting(exercise, placed, ran)
    if ran.at is not None:
        return Judgement(f"Line {ran.at + 1} stops: {ran.why}.", hints, right, at=ran.at)
    if not ran.returned:
        return Judgement(f"It runs to the end and returns nothing{so_far(parts, placed)}.", hints, right, at=parts)
    distance = program.apart(ran.out, right)
    if distance <= SAME:
        return Judgement(agreeing(exercise, placed, distance, hints), hints, right, ran.out, distance)
    told = f"It runs, and its numbers are off by up to {distance:.4f}"
    if distance == float("inf"):
        told = f"It runs, but returns another shape: {shape(ran.out)}, where the class gives {tuple(right.shape)}"
    return Judgement(f"{told}{so_far(parts, placed)}.", hints, right, ran.out, distance, parts)


def shape(value: Any) -> str:
    """A returned value's shape."""
    return str(tuple(value.shape)) if isinstance(value, Tensor) else "no tensor"


def so_far(parts: int | None, placed: Placed) -> str:
    """After which line the numbers part."""
    if parts is None:
        return "; what the lines make is right so far"
    return f"; the first line after which they differ is {parts + 1}, {placed[parts][0].shown}"


def agreeing(exercise: Exercise, placed: Placed, distance: float, hints: object) -> str:
    """The numbers are the class's."""
    same = f"The numbers are the class's: the largest difference is {distance:.1g}."
    if hints:
        return f"{same} And yet something here is not needed, or stands where it should not: see the hints."
    mine, theirs = [line.key for line, _ in placed], [line.key for line in exercise.right]
    moved = [line.shown for (line, _), key in zip(placed, theirs, strict=True) if line.key != key]
    if mine == theirs:
        return same
    return f"{same} In the class {' and '.join(moved)} stand in another order, which is all the same."


def parting(exercise: Exercise, placed: Placed, ran: program.Ran) -> int | None:
    """The first line whose result is not the one of the right program, None if there is none among those that ran.

    Where two lines may stand in any order, the right program has them in the order of this one.
    """
    made = {
        (step.slot, n): step.made
        for step, n in counted(program.run(exercise, [(line, line.depth) for line in likewise(exercise, placed)]))
    }
    for step, n in counted(ran):
        if (step.slot, n) not in made or program.apart(step.made, made[step.slot, n]) > SAME:
            return step.at
    return None


def counted(ran: program.Ran) -> Iterator[tuple[program.Step, int]]:
    """Every step, and how often its line has run before."""
    before = Counter[str]()
    for step in ran.steps:
        yield step, before[step.slot]
        before[step.slot] += 1


def likewise(exercise: Exercise, placed: Placed) -> list[Line]:
    """The right lines in an order that is allowed, and as near to the program's as such a one can be."""
    place = {line.slot: at for at, (line, _) in reversed(list(enumerate(placed)))}
    left, found = list(exercise.right), list[Line]()
    while left:
        waiting = {one.then for one in exercise.orders if one.first in {line.key for line in left}}
        free = [line for line in left if line.key not in waiting]
        line = min(free, key=lambda line: place.get(line.key, -1))
        left.remove(line)
        found.append(line)
    return found


def complaints(exercise: Exercise, placed: Placed) -> Iterator[tuple[int | None, str]]:
    """Everything that is wrong, each with its own sentence; what one should mend first comes first."""
    place = {line.slot: at for at, (line, _) in reversed(list(enumerate(placed)))}
    for at, (line, _) in enumerate(placed):
        if line.slip:
            yield at, line.slip
    for (one, (line, _)), (other, (second, _)) in combinations(enumerate(placed), 2):
        if line.slot == second.slot:
            yield (
                other,
                f"{line.shown} and {second.shown} are two versions of one line (lines {one + 1} and {other + 1}): "
                "keep one of them.",
            )
    for order in exercise.orders:
        if order.first in place and order.then in place and place[order.first] > place[order.then]:
            first, then = place[order.first], place[order.then]
            yield then, f"Line {first + 1} belongs above line {then + 1}. {order.why}"
    wrong = list(program.misplaced(placed))
    yield from wrong
    yield from (one for one in strays(placed) if one[0] not in dict(wrong))
    for line in exercise.right:
        if line.key not in place:
            yield None, line.missing


def strays(placed: Placed) -> Iterator[tuple[int, str]]:
    """Lines that stand inside of a loop where they do not belong, or outside of the one that they belong to."""
    for at, (line, depth) in enumerate(placed):
        if depth > line.depth:
            yield at, f"{line.shown} stands inside of the loop; it belongs behind it. {line.astray}".strip()
        elif MARGIN < depth < line.depth and depth >= BODY:
            yield at, f"{line.shown} stands outside of the loop: it is done once, not at every turn. Indent it."
