"""Pictures of what parts do for a prediction: effects of heads, of tokens and of edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix, extent

FEW = 40  # tokens whose letters have room under a chart
WRITTEN = 13  # columns whose numbers have room in the cells


def parts(heads: np.ndarray, mlps: np.ndarray, unit: str) -> Matrix:
    """Effects of every head (L, H) and every MLP (L, 1) or (L, 0): a row a layer."""
    L, H = heads.shape
    values = np.concatenate([heads, mlps], axis=1)  # (L, H + 1)
    across = [f"head {h + 1}" for h in range(H)] + ["MLP"] * mlps.shape[1]
    return grid(values, across, [f"layer {layer + 1}" for layer in range(L)], "part", "layer", unit, 46)


def edges(effects: np.ndarray, texts: Sequence[str], rows: Sequence[str], unit: str) -> Matrix:
    """Effects of every edge (R, K) of one token: a row a place where it is cut, a column a token it no longer sees."""
    return grid(effects, [glyph(text) for text in texts], rows, "token no longer seen", "cut in", unit, 26)


def grid(
    values: np.ndarray, across: Sequence[str], down: Sequence[str], x: str, y: str, unit: str, high: int
) -> Matrix:
    """Effects (R, C) as cells, with their numbers where there is room."""
    kind, most = ("signed", 1.0) if np.isnan(values).all() else extent(values)  # nothing is measured yet
    few = values.shape[1] <= WRITTEN
    text = [["" if np.isnan(value) else f"{value:+z.2f}" for value in row] for row in values] if few else ()
    cells = Cells(values, across, down, text=text)
    return Matrix([cells], x, y, unit, kind, most, form="+.3f", height=max(120, min(380, high * len(values) + 20)))


def tokens(effects: np.ndarray, texts: Sequence[str], unit: str) -> Chart:
    """The effect of every token (T,) that is not read, as bars."""
    places = list(range(1, len(texts) + 1))
    numbers = [None if np.isnan(x) else float(x) for x in effects]
    ticks = [(place, glyph(text)) for place, text in zip(places, texts, strict=True)] if len(texts) <= FEW else ()
    x = Axis("token that is not read", low=0.5, high=len(texts) + 0.5, ticks=ticks, form=",d")
    return Chart(x, Axis(f"change ({unit})", form="+.3f"), [Series("change", places, numbers, "bars")], height=230)


def foretold(unit: str) -> Chart:
    """The axes of guesses beside the truth; which guess, and its points, is chosen in the browser."""
    return Chart(Axis("guess"), Axis(f"what is lost ({unit})", form="+.3f"), [], height=270)
