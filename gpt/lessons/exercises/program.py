"""Run a chosen program: how its lines are nested, what each makes, and where it stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from gpt.lessons.exercises.line import BODY, MARGIN, Exercise, Line, Placed

STEPS = 400  # lines that a run takes at most; no program of these lines comes near it
FAULTS = (RuntimeError, TypeError, ValueError, IndexError)  # what torch raises where things do not fit


@dataclass(frozen=True)
class Step:
    """One line, once run."""

    at: int  # which line of the program, from 0
    slot: str
    made: Any


@dataclass(frozen=True)
class Ran:
    """What became of a program."""

    steps: tuple[Step, ...]
    out: Any = None  # what it returns
    returned: bool = False
    at: int | None = None  # the line at which it stopped
    why: str = ""  # and why


@dataclass
class Running:
    """A run under way."""

    exercise: Exercise
    placed: Placed
    names: dict[str, Any]
    steps: list[Step] = field(default_factory=list)


class Stop(Exception):
    """A line that cannot run: its place, and a sentence."""

    def __init__(self, at: int, why: str) -> None:
        super().__init__(why)
        self.at, self.why = at, why


class Return(Exception):
    """The program returns."""

    def __init__(self, out: Any) -> None:
        super().__init__()
        self.out = out


def misplaced(placed: Placed) -> Iterator[tuple[int, str]]:
    """Lines whose indentation makes no program, each with a sentence (none names the line's place, which changes)."""
    above: tuple[Line, int] | None = None
    for at, (line, depth) in enumerate(placed):
        opens, level = (above[0].kind == "for", above[1]) if above else (False, BODY)
        if depth == MARGIN:
            yield at, f"{line.shown} stands at the margin: there the function is over. Indent it."
        elif opens and depth <= level:
            yield at, f"{line.shown} is no deeper than the `for` above it, which then has nothing to repeat: indent it."
        elif opens and depth > level + 1:
            yield at, f"{line.shown} is {depth - level} steps deeper than the `for` above it: one step is a block."
        elif not opens and depth > level:
            yield (
                at,
                f"{line.shown} is {depth - level} {'step' if depth - level == 1 else 'steps'} too deep: the line "
                "above it opens no block; only one that ends in a colon does.",
            )
        above = (line, max(depth, BODY))  # so that one line at the margin is one fault, not two
    if above and above[0].kind == "for":
        yield len(placed) - 1, f"{above[0].shown} has nothing below it to repeat: what is repeated stands one step in."


def run(exercise: Exercise, placed: Placed) -> Ran:
    """Run it on the small model, line by line. Indentation must have been looked at before (`misplaced`)."""
    running = Running(exercise, placed, dict(exercise.given()))
    try:
        with torch.no_grad():
            block(running, 0, len(placed))
    except Return as done:
        return Ran(tuple(running.steps), done.out, returned=True)
    except Stop as stop:
        return Ran(tuple(running.steps), at=stop.at, why=stop.why)
    return Ran(tuple(running.steps))


def block(running: Running, start: int, end: int) -> None:
    """The lines from `start` on to `end`, those inside of a loop as often as it says."""
    at = start
    while at < end:
        line, depth = running.placed[at]
        if line.kind != "for":
            one(running, at, line)
            at += 1
            continue
        body = at + 1
        while body < end and running.placed[body][1] > depth:
            body += 1
        for value in made(running, at, line):
            keep(running, at, line, value)
            block(running, at + 1, body)
        at = body


def one(running: Running, at: int, line: Line) -> None:
    """A line that is no loop."""
    value = made(running, at, line)
    keep(running, at, line, value)
    if line.kind == "return":
        raise Return(value)


def keep(running: Running, at: int, line: Line, value: Any) -> None:
    """Under its name, if it has one; and that the line was run."""
    if len(running.steps) >= STEPS:
        raise Stop(at, f"it has run {STEPS} lines and is not done")
    if line.writes:
        running.names[line.writes] = value
    running.steps.append(Step(at, line.slot, value if line.writes or line.kind == "return" else None))


def made(running: Running, at: int, line: Line) -> Any:
    """What a line makes of what it reads."""
    for name in line.reads:
        if name not in running.names:
            raise Stop(at, f"nothing is called `{name}` there yet")
    read = [running.names[name] for name in line.reads]
    try:
        return line.run(running.exercise.module(), *read)
    except FAULTS:
        told = [f"`{name}` {shape}" for name, shape in zip(line.reads, map(shape_of, read), strict=True) if shape]
        do = "does" if len(told) == 1 else "do"
        raise Stop(at, f"{' and '.join(told)} {do} not fit what the line does with it") from None


def shape_of(value: Any) -> str:
    """The shape of what a line reads, in words; none of what has no shape."""
    if isinstance(value, Tensor):
        return f"of shape {tuple(value.shape)}"
    if isinstance(value, list):
        return f"with {len(value)} {'part' if len(value) == 1 else 'parts'}"
    return str(value) if isinstance(value, int) else ""


def apart(one: Any, other: Any) -> float:
    """The largest difference of two values; infinite where they are not of one shape or kind."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        if one.shape != other.shape:
            return float("inf")
        difference = torch.where(one == other, 0.0, (one - other).abs())  # two that are -inf are alike
        found = float(difference.max())
        return found if found == found else float("inf")
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return float("inf")
        return max((apart(a, b) for a, b in zip(one, other, strict=True)), default=0.0)
    return 0.0 if one is other or (isinstance(one, int) and one == other) else float("inf")
