"""Pictures of what edits change at one token: before and after side by side, on one scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix

SIDES = ("before", "after")


def lens(shares: Sequence[np.ndarray], words: Sequence[Sequence[Sequence[str]]], names: Sequence[str]) -> Matrix:
    """What each of S boundaries would say next: shares (S, K) and words (S, K) of both sides; the last one on top."""
    cells = []
    for side, share, said in zip(SIDES, shares, words, strict=True):
        down, across = list(names)[::-1], [str(k + 1) for k in range(share.shape[1])]
        text = [[glyph(word) for word in row] for row in said][::-1]
        cells.append(Cells(share[::-1], across, down, title=side, text=text))
    height = max(150, 30 * len(names) + 24)
    return Matrix(cells, "guess", "read after", "", "share", 1.0, form=".1%", columns=2, height=height)


def likeliest(texts: Sequence[str], before: Sequence[float], after: Sequence[float]) -> Chart:
    """The likeliest next tokens (N,) as pairs of bars."""
    places = list(range(1, len(texts) + 1))
    ticks = [(place, glyph(text)) for place, text in zip(places, texts, strict=True)]
    x = Axis("next token", low=0.5, high=max(len(texts), 1) + 0.5, ticks=ticks, form=",d")
    y = Axis("probability", low=0.0, form=".1%")
    sides = zip(SIDES, (before, after), strict=True)
    return Chart(
        x, y, [Series(name, places, known(one), "bars", i, i) for i, (name, one) in enumerate(sides)], height=250
    )


def lengths(names: Sequence[str], before: Sequence[float], after: Sequence[float]) -> Chart:
    """The length of the stream's vector at S boundaries."""
    places = list(range(len(names)))
    ticks = [(place, name.removeprefix("block ")) for place, name in zip(places, names, strict=True)]
    x = Axis("block", low=0.0, high=float(max(len(names) - 1, 1)), ticks=ticks, form=",d")
    y = Axis("length of the stream", low=0.0, form=".4g")
    sides = zip(SIDES, (before, after), strict=True)
    return Chart(
        x, y, [Series(name, places, known(one), "dots", i, i) for i, (name, one) in enumerate(sides)], height=250
    )


def known(values: Sequence[float]) -> list[float | None]:
    """Numbers to draw; what is none, or has no end, is left out."""
    return [float(x) if np.isfinite(x) else None for x in values]
