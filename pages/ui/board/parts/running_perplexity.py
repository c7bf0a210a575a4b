"""The perplexity of a text up to each of its tokens, as a chart."""

from __future__ import annotations

from gpt.figures import chart as figures
from pages.ui.board.panels import chart
from pages.ui.board.panels.positions import found_of
from pages.ui.state.reading import Reading


class Running(chart.Chart):
    """The perplexity up to each position."""

    name = "chart:running"


def panel(seen: Reading) -> Running:
    """The running perplexity as a chart."""
    found = found_of(seen)
    values = [] if found is None else [float(f"{value:.6g}") for value in found.perplexity]
    places = [] if found is None else list(range(found.start + 1, found.start + 1 + len(values)))
    note = "Type at least two tokens: each from the second on was expected by those before it."
    if values:
        note = f"2 to the mean loss so far, in bits: the text so far was a guess among {values[-1]:.3g} equal options."
    line = figures.Series("perplexity so far", places, values, "dots" if len(values) < 2 else "line")
    drawn = figures.Chart(
        figures.Axis("token of the text", form=",d"), figures.Axis("perplexity", "log", form=".3g"), [line], height=340
    )
    return Running.of(drawn, note, file="running-perplexity", title="Running perplexity", note=note)
