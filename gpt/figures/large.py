"""Any figure for the back row: every letter as large as is read there, and names left out where they no longer fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

LETTERS = 18  # pixels
APART = 1.15  # letters from one name to the next, along either axis
ACROSS = 560  # pixels that a figure's axis may have, at least, on a screen of 1,280
WIDER = 0.2  # of an axis, for names that stand at the right of their points
TALLER = 1.25  # so that larger letters take nothing from the picture


def enlarge(figure: go.Figure) -> go.Figure:
    """The same figure, changed in place: letters of 18 pixels, a quarter taller, crowded names thinned out."""
    height = TALLER * (figure.to_dict()["layout"].get("height", 450))
    font = {"size": LETTERS}
    figure.update_layout(
        height=height, font=font, legend_font=font, hoverlabel_font=font, title_font=font,
        coloraxis_colorbar={"tickfont": font, "title": {"font": font}},
    )  # fmt: skip
    figure.update_annotations(font=font)
    figure.update_traces(textfont=font, selector=lambda trace: trace.type in ("scatter", "bar", "heatmap"))
    for axis, room in ((figure.for_each_xaxis, ACROSS), (figure.for_each_yaxis, height)):
        axis(lambda one, room=room: one.update(tickfont=font, title_font=font, **thinned(one, room)))
    if any("text" in trace.get("mode", "") for trace in figure.to_dict()["data"]):
        figure.for_each_xaxis(lambda one: one.range and one.update(range=widened(*one.range)))
    return figure


def widened(first: float, last: float) -> tuple[float, float]:
    """A range of an axis with more room at its end."""
    return first, last + WIDER * (last - first)


def thinned(axis: Any, room: float) -> dict[str, Sequence[Any]]:
    """Of an axis with chosen names, only each n-th: so many that they stand apart in the share of the room it has."""
    names = axis.ticktext
    if not names:
        return {}
    first, last = axis.domain or (0.0, 1.0)
    wide = max(len(str(name)) for name in names) * 0.6 if axis.plotly_name.startswith("xaxis") else 1.0  # of a letter
    every = math.ceil(len(names) * LETTERS * max(APART, wide) / (room * (last - first)))
    return {"ticktext": names[::every], "tickvals": axis.tickvals[::every]}
