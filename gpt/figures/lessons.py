"""The lessons' pictures. No colours are set: the page's theme gives them, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gpt.figures.chart import Axis, Chart, Level, Series, look
from gpt.figures.matrix import Cells, Matrix, extent

AHEAD, BEHIND = 0.8, 0.2  # powers of ten: room for the names at the right of points, and before the first


def lines(
    curves: Mapping[str, tuple[Sequence[float] | Sequence[str], Sequence[float]]],
    x: Axis | str,
    y: Axis | str,
    levels: Sequence[Level] = (),
    height: int = 320,
) -> Chart:
    """One line a name, (its x, its y); where x are words, they name the places 0, 1, 2 and so on."""
    drawn, ticks = list[Series](), list[tuple[float, str]]()
    for i, (name, (across, up)) in enumerate(curves.items()):
        colour, dash = look(i)
        words = [word for word in across if isinstance(word, str)]
        if words:
            ticks = [(float(place), word) for place, word in enumerate(words)]
        places = list(range(len(words))) if words else plain(across)
        drawn.append(Series(name, places, plain(up), colour=colour, dash=dash))
    x, y = (Axis(axis) if isinstance(axis, str) else axis for axis in (x, y))
    return Chart(Axis(x.title, ticks=ticks) if ticks else x, y, drawn, levels, height)


def heat(
    values: np.ndarray, across: Sequence[str], down: Sequence[str], x: str, y: str, unit: str, height: int = 420
) -> Matrix:
    """A matrix as cells, row 0 on top; places without a number (NaN) stay empty."""
    return Matrix([Cells(values, across, down)], x, y, unit, *extent(values), height=height)


def letters(
    values: np.ndarray, text: Sequence[Sequence[str]], across: Sequence[str], down: Sequence[str], x: str, y: str,
    unit: str, height: int = 240, key: bool = True,
) -> Matrix:  # fmt: skip
    """Rows of letters, each in a cell coloured by its number; `key` shows what the colours mean."""
    return Matrix([Cells(values, across, down, text=text)], x, y, unit, *extent(values), height=height, key=key)


def patterns(
    panels: Mapping[str, np.ndarray], asking: Mapping[str, Sequence[str]], answering: Mapping[str, Sequence[str]],
    columns: int, height: int = 380,
) -> Matrix:  # fmt: skip
    """Several maps of who looks at whom under one scale, (T, S) each: row = who looks, column = who is looked at."""
    cells = [Cells(weights, answering[title], asking[title], title) for title, weights in panels.items()]
    return Matrix(cells, "looked at", "token", "weight", "share", 1.0, ".1%", columns, height)


def pairs(
    panels: Mapping[str, Mapping[str, tuple[float, float]]], names: tuple[str, str], y: str, height: int = 300
) -> Chart:
    """Side by side, one group a title: two bars a name, the first and the second of its numbers."""
    ticks, groups, place = list[tuple[float, str]](), list[tuple[float, str]](), 0.0
    numbers: tuple[list[float], list[float]] = ([], [])
    for title, found in panels.items():
        groups.append((place + (len(found) - 1) / 2, title))
        for name, two in found.items():
            ticks.append((place, name if len(panels) > 1 else name.split(" ")[-1]))  # "12 e": its place says the number
            place += 1
            for one, number in zip(numbers, two, strict=True):
                one.append(number)
        place += 1  # an empty place between two groups
    at = [tick for tick, _ in ticks]
    bars = [Series(label, at, numbers[i], "bars", i, i) for i, label in enumerate(names)]
    return Chart(Axis("", ticks=ticks, groups=groups if len(panels) > 1 else ()), Axis(y, form=".3g"), bars, (), height)


def sizes(
    points: Mapping[str, tuple[int, float]], line: tuple[float, float], apart: Mapping[str, tuple[int, float]],
    own: Sequence[tuple[int, float]] = (), height: int = 310,
) -> Chart:  # fmt: skip
    """Loss over parameters (log scale): the points of models trained alike, the line a - b log10(n), and others.

    `own` are the losses of all of them on another text.
    """
    drawn = [
        Series(name, [n for n, _ in found.values()], [loss for _, loss in found.values()], "points", i, i, list(found))
        for i, (name, found) in enumerate((("trained alike", points), ("trained otherwise", apart)))
    ]
    if own:
        drawn.append(Series("on your text", [n for n, _ in own], [loss for _, loss in own], "dots", 2, 1))
    numbers = [n for n, _ in (*points.values(), *apart.values())]
    ends = np.array([min(numbers), max(numbers)])  # (2,)
    drawn.append(Series("straight line", plain(ends), plain(line[0] - line[1] * np.log10(ends)), colour=3, dash=2))
    losses = [loss for _, loss in (*points.values(), *apart.values(), *own)]
    across = Axis("parameters", "log", ends[0] / 10**BEHIND, ends[1] * 10**AHEAD, form=",d")
    up = Axis("loss (nats a character)", low=min(losses) - 0.1, high=max(losses) + 0.15, form=".3f")
    return Chart(across, up, drawn, (), height)


def plain(numbers: Sequence[float] | Sequence[str] | np.ndarray) -> list[float]:
    """Numbers of any kind as those of Python, as exact as 32 bits are."""
    return [float(f"{float(number):.9g}") for number in numbers]
