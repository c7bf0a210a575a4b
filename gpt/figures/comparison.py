"""Pictures of two passes side by side: streams, next tokens, losses. What is called A and B is said by the page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix

FEW = 40  # tokens whose letters have room under a chart


def streams(relative: np.ndarray, boundaries: Sequence[str], tokens: Sequence[str]) -> Matrix:
    """The distance of two streams (S, N): a row a boundary, the last one on top as it is the nearest to the answer."""
    cells = Cells(relative[::-1], [glyph(token) for token in tokens], list(boundaries)[::-1])
    height = max(120, 30 * len(boundaries) + 40)
    return Matrix(
        [cells],
        "token",
        "boundary",
        "of their length",
        "share",
        float(relative.max()) or 1.0,
        form=".3f",
        height=height,
    )


def next_tokens(words: Sequence[str], a: Sequence[float], b: Sequence[float]) -> Chart:
    """The shares of the same words on both sides, as pairs of bars."""
    places = list(range(1, len(words) + 1))
    ticks = [(place, glyph(word)) for place, word in zip(places, words, strict=True)]
    x = Axis("next token", low=0.5, high=len(words) + 0.5, ticks=ticks, form=",d")
    series = [Series("A", places, list(a), "bars"), Series("B", places, list(b), "bars", colour=1, dash=1)]
    return Chart(x, Axis("probability", low=0.0, form=".1%"), series, height=250)


def losses(columns: Sequence[str], a: Sequence[float | None], b: Sequence[float | None]) -> Chart:
    """The loss of every token in nats, both texts laid along each other; None where a side has no such token."""
    places = list(range(1, len(columns) + 1))
    ticks = [(place, glyph(text)) for place, text in zip(places, columns, strict=True)] if len(columns) <= FEW else ()
    x = Axis("token", low=0.5, high=len(columns) + 0.5, ticks=ticks, form=",d")
    return Chart(
        x,
        Axis("loss (nats)", low=0.0, form=".3f"),
        [Series("A", places, a, "dots"), Series("B", places, b, "dots", colour=1, dash=1)],
        height=250,
    )
