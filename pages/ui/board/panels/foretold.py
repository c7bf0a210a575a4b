"""Cheap guesses beside the truth: a point a part, one guess at a time, with how well each ranks the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import sized
from pages.ui.board.panels.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False)
class Foretold(Chart):
    """A click on a point shows its part in the grid of all; nothing is told to Python."""

    name = "foretold"
    N: int  # parts
    parts: Sequence[str] = sized("N")  # their names
    truth: Sequence[float] = sized("N")  # what is lost of each
    guesses: Sequence[tuple[str, str, Sequence[float]]]  # name, its rank correlation with the truth, (N,)
    best: int  # the guess that ranks best; -1: none is there
    kind: str  # of part
