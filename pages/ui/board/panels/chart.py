"""Any chart of lines, bars and points: what gpt/figures describes, in the browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from gpt.figures import chart as figures
from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Chart(Panel):
    """Axes, series and levels as of gpt.figures.chart. A second one on the same board is a class with another name."""

    name = "chart"
    title: str  # empty: no card around it, as beside the text of a lesson
    note: str
    alt: str  # what it shows, for whoever cannot see it
    file: str  # what the picture and its numbers are called when they are saved
    height: int
    x: Mapping[str, Any]
    y: Mapping[str, Any]
    series: Sequence[Mapping[str, Any]]
    levels: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, chart: figures.Chart, alt: str, file: str, title: str = "", note: str = "") -> Self:
        """This chart; `alt` is a sentence with its numbers."""
        return cls(title=title, note=note, alt=alt, file=file, **asdict(chart))
