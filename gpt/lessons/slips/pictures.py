"""Pictures that several slips show: weights of attention, broken beside mended; and pairs of bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from gpt.figures import lessons as figures
from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.matrix import Cells, Matrix
from gpt.lessons.slips.slip import NAMES
from gpt.lessons.tutorials.listing import Picture


def weights(key: str, two: Sequence[Tensor], alt: str) -> Picture:
    """Two patterns (T, T) of the first head, broken and mended, under one scale; row = who looks."""
    values = [one.numpy().astype(np.float32) for one in two]
    places = [str(t + 1) for t in range(len(values[0]))]
    cells = [Cells(one, places, places, name) for name, one in zip(NAMES, values, strict=True)]
    figure = Matrix(cells, "looked at", "token", "weight", "share", 1.0, ".1%", 2, 300)
    return Picture(f"slip-{key}", figure, f"The first head's weights on 16 characters, broken and mended. {alt}")


def bars(key: str, found: Mapping[str, tuple[float, float]], y: str, alt: str, height: int = 260) -> Picture:
    """Two bars a name: broken and mended."""
    ticks = [(float(place), name) for place, name in enumerate(found)]
    at = [place for place, _ in ticks]
    drawn = [
        Series(name, at, figures.plain([pair[i] for pair in found.values()]), "bars", i, i)
        for i, name in enumerate(NAMES)
    ]
    figure = Chart(Axis("", ticks=ticks), Axis(y, form=".3g"), drawn, (), height)
    return Picture(f"slip-{key}", figure, alt)
