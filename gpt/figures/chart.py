"""What a chart shows: lines, bars and points over two axes. Plain numbers and words; the browser draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Scale = Literal["linear", "log", "log1"]
Kind = Literal["line", "dots", "points", "bars"]
Numbers = Sequence[float | None]

COLOURS = 6  # that the theme tells apart, and as many ways to break a line: never colour alone


@dataclass(frozen=True)
class Axis:
    """One of the two. `low` and `high` are None where the numbers themselves say how far it goes.

    On the scale "log1" a number stands at log(1 + number), so that a step 0 has a place.
    """

    title: str
    scale: Scale = "linear"
    low: float | None = None
    high: float | None = None
    ticks: Sequence[tuple[float, str]] = ()  # places with names; none: round numbers
    groups: Sequence[tuple[float, str]] = ()  # what stands under several of them, at their middle
    form: str = ".4g"  # how one of its numbers is written: ".3f" three decimals, ",d" a whole number, ".1%" a share


@dataclass(frozen=True)
class Series:
    """Numbers that belong together, in the order of x: a line, one with a dot a number, points alone, or bars."""

    name: str
    x: Sequence[float]
    y: Numbers  # None: no number
    kind: Kind = "line"
    colour: int = 0
    dash: int = 0  # how the line is broken, or the bar hatched; 0: not at all
    labels: Sequence[str] = ()  # names of its points, which stand beside them


@dataclass(frozen=True)
class Level:
    """A straight line right across, with its name: at a number of the axis "x" or "y"."""

    name: str
    at: float
    axis: Literal["x", "y"] = "y"


@dataclass(frozen=True)
class Chart:
    """A whole chart; its height is in pixels of a usual page."""

    x: Axis
    y: Axis
    series: Sequence[Series]
    levels: Sequence[Level] = ()
    height: int = 320


def look(i: int) -> tuple[int, int]:
    """Colour and dash of the i-th line of many: no two of thirty-six are alike."""
    return i % COLOURS, (i + i // COLOURS) % COLOURS
