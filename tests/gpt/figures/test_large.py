"""Figures for the back row: no letter is small, and no two names run into each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from gpt.figures import lessons, training
from gpt.figures.large import ACROSS, LETTERS, enlarge

LAST_ROW = 14  # pixels
NAMES = [f"{i} token" for i in range(34)]
SQUARE = np.linspace(-1, 1, 34 * 34).reshape(34, 34)
FIGURES = {
    "lines": lessons.lines({"a": ([1, 2], [3, 4])}, "x", "y", marks={"published": 3.5}),
    "heat": lessons.heat(SQUARE, NAMES, NAMES, "x", "y", "unit"),
    "letters": lessons.letters(SQUARE[:2], [list("ab") * 17] * 2, NAMES, ["one", "two"], "x", "y", "unit"),
    "patterns": lessons.patterns({"a": SQUARE, "b": SQUARE}, dict.fromkeys("ab", NAMES), dict.fromkeys("ab", NAMES), 2),
    "pairs": lessons.pairs({"a": {"1 x": (1, 2), "2 y": (3, 4)}}, ("before", "after"), "y"),
    "sizes": lessons.sizes({"a": (1000, 2.0), "b": (9000, 1.0)}, (3.0, 0.5), {"c": (5000, 1.5)}),
    "loss": training.loss_curve([0, 10, 100], [3, 2, 1], [3, 2, 2], 10),
}


def sizes(part: Any, within: str = "") -> Iterator[float]:
    """Every size of letters below a part of a figure."""
    if isinstance(part, dict):
        for name, inner in part.items():
            if name == "size" and within.endswith("font"):
                yield inner
            yield from sizes(inner, name)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from sizes(inner, within)


@pytest.mark.parametrize("name", list(FIGURES))
def test_every_letter_is_large_and_names_stand_apart(name: str) -> None:
    figure = enlarge(go.Figure(FIGURES[name]))
    told = figure.to_dict()
    told["layout"].pop("template")
    found = list(sizes(told))
    assert found and min(found) >= LAST_ROW
    assert figure.layout.height > FIGURES[name].layout.height
    for axis in [*figure.select_xaxes(), *figure.select_yaxes()]:
        assert axis.tickfont.size == axis.title.font.size == LETTERS
        if axis.ticktext:
            first, last = axis.domain or (0, 1)
            room = (last - first) * (ACROSS if axis.plotly_name.startswith("x") else figure.layout.height)
            assert len(axis.ticktext) * LETTERS <= room and len(axis.ticktext) == len(axis.tickvals)


def test_few_names_all_stay() -> None:
    figure = enlarge(lessons.heat(np.eye(6), list("abcdef"), list("abcdef"), "x", "y", "unit"))
    assert list(figure.layout.xaxis.ticktext) == list(figure.layout.yaxis.ticktext) == list("abcdef")
