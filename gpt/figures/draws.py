"""How often each token was drawn, beside its probability."""

from __future__ import annotations

from collections.abc import Sequence

from gpt.figures.chart import Axis, Chart, Series
from gpt.figures.glyphs import glyph

OTHERS = "others"


def draws(names: Sequence[str], exact: Sequence[float], drawn: Sequence[float], n: int) -> Chart:
    """Probabilities of tokens as bars, the last one of all others together, and the shares of n draws as points."""
    ticks = [(float(i), glyph(name)) for i, name in enumerate(names)]
    ticks.append((float(len(names)), OTHERS))
    places = [place for place, _ in ticks]
    series = [Series("probability", places, list(exact), "bars")]
    if n:
        series.append(Series(f"of {n:,} draws", places, list(drawn), "points", 1))
    return Chart(
        Axis("", low=-0.6, high=len(names) + 0.6, ticks=ticks), Axis("share", low=0.0, form=".1%"), series, (), 220
    )
