"""Many draws beside the probabilities that they come from, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gpt.analysis.luck import Luck
from gpt.figures import draws
from gpt.figures.glyphs import glyph
from gpt.numerals import percent
from pages.ui.board.panels.chart import Chart
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor

SHOWN = 16  # tokens that have a bar of their own


class Bars(Chart):
    """The probabilities, and what was drawn."""

    name = "chart:draws"


def panel(seen: Reading, probabilities: Tensor | None, found: Luck | None) -> Bars:
    """The likeliest tokens, and all others together."""
    n = 0 if found is None else found.draws
    title = f"{n:,} draws" if n else "What draws should give"
    if probabilities is None:
        chart = draws.draws((), (0.0,), (0.0,), 0)
        return Bars.of(chart, "No text yet.", "draws", title, "Type a character: then there is something to draw.")
    likeliest = probabilities.argsort(descending=True, stable=True)[:SHOWN].tolist()
    order = [i for i in likeliest if probabilities[i] > 0]
    names = [seen.vocabulary[i] for i in order]
    exact = with_rest(probabilities, order)
    shares = exact if found is None else with_rest(found.counts / n, order)
    chart = draws.draws(names, exact, shares, n)
    furthest = max(range(len(order)), key=lambda i: abs(shares[i] - exact[i]))
    if found is None:
        note = "Bars are the exact probabilities; draw many, and a point tells how often each token came."
    else:
        name, drawn = glyph(names[furthest]), percent(shares[furthest], 1)
        note = f"Furthest off is “{name}”: {drawn} of the draws, its probability is {percent(exact[furthest], 1)}."
    first = f"The likeliest is “{glyph(names[0])}” with {percent(exact[0], 1)}."
    return Bars.of(chart, f"{first} {note}", "draws", title, note)


def with_rest(values: Tensor, order: list[int]) -> list[float]:
    """The shares (V,) of some tokens, and of all others together."""
    own = values[order].tolist()
    return [*own, max(float(values.sum()) - sum(own), 0.0)]
