"""Pictures of what parts do for a prediction: effects of heads and tokens, and guesses beside the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.glyphs import glyph
from gpt.figures.matrix import Cells, Matrix, extent

FEW = 40  # tokens whose letters have room under a chart


def parts(heads: np.ndarray, mlps: np.ndarray, unit: str) -> Matrix:
    """Effects of every head (L, H) and every MLP (L, 1) or (L, 0): a row a layer."""
    L, H = heads.shape
    values = np.concatenate([heads, mlps], axis=1)  # (L, H + 1)
    across = [f"head {h + 1}" for h in range(H)] + ["MLP"] * mlps.shape[1]
    kind, most = ("signed", 1.0) if np.isnan(values).all() else extent(values)  # nothing is measured yet
    text = [["" if np.isnan(x) else f"{x:+.2f}" for x in row] for row in values] if values.shape[1] <= 13 else ()
    cells = Cells(values, across, [f"layer {layer + 1}" for layer in range(L)], text=text)
    return Matrix([cells], "part", "layer", unit, kind, most, form="+.3f", height=max(120, min(380, 46 * L)))


def tokens(effects: np.ndarray, texts: Sequence[str], unit: str) -> Chart:
    """The effect of every token (T,) that is not read, as bars."""
    places = list(range(1, len(texts) + 1))
    numbers = [None if np.isnan(x) else float(x) for x in effects]
    ticks = [(place, glyph(text)) for place, text in zip(places, texts, strict=True)] if len(texts) <= FEW else ()
    x = Axis("token that is not read", low=0.5, high=len(texts) + 0.5, ticks=ticks, form=",d")
    return Chart(x, Axis(f"change ({unit})", form="+.3f"), [Series("change", places, numbers, "bars")], height=230)


def foretold(guess: np.ndarray, truth: np.ndarray, name: str, names: Sequence[str], unit: str) -> Chart:
    """What was guessed (N,) beside what is lost (N,), a point a part; the three largest have their names."""
    largest = set(np.argsort(-np.abs(truth))[:3].tolist())
    labels = [one if i in largest else "" for i, one in enumerate(names)]
    points = Series(name, guess.tolist(), truth.tolist(), "points", labels=labels)
    return Chart(Axis(f"guess: {name}"), Axis(f"what is lost ({unit})"), [points], height=300)
