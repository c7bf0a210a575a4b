"""The pictures of gpt/figures in a page, outside of a board."""

from __future__ import annotations

from gpt.figures.chart import Chart
from gpt.figures.matrix import Matrix
from pages.ui.board import components
from pages.ui.board.panels import chart, matrix


def show(figure: Chart | Matrix, key: str, alt: str) -> None:
    """One picture under a key, which also names its files; `alt` is read to whoever cannot see it."""
    panel = chart.Chart.of(figure, alt, key) if isinstance(figure, Chart) else matrix.Matrix.of(figure, alt, key)
    components.alone(panel, key=key)
