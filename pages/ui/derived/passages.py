"""Passages of a model's own text around the places that a search has found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui.derived.search import job
from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.analysis.search import Search

BEFORE, BEHIND = 36, 12  # tokens of a neuron's place that are shown
FAR = 60  # and of a head's: what is looked at should be in sight

Passage = tuple[list[str], int, list[int], float]  # tokens, the one that looks, those looked at, its attention to them


def around(search: Search, place: int) -> tuple[list[str], int]:
    """Tokens around a place, the first of them in the model's window, and which of them it is."""
    start = max(search.window_of(place).start, place - BEFORE)
    return search.text(start, place + 1 + BEHIND), place - start


@shared(256)
def of_head(name: str, step: int, layer: int, head: int, role: str, done: int) -> list[Passage]:
    """A head's best places after `done` windows, with what is looked at marked; none before the search."""
    search = job(name, step).search
    if search is None:
        return []
    best = search.best_of_head(layer, head, role)
    pairs = zip(best.places, best.values, strict=True)
    return [(*looking(search, place, role), value) for place, value in pairs if value > 0]


def looking(search: Search, place: int, role: str) -> tuple[list[str], int, list[int]]:
    """Tokens around a place, which of them looks, and at which."""
    from gpt.analysis.heads import masks

    tokens = search.text(search.window_of(place).start, place + 1)
    keys = masks(tokens)[role][-1].nonzero().flatten().tolist()
    start = max(0, len(tokens) - 1 - FAR)
    behind = search.text(place + 1, place + 1 + BEHIND)
    return tokens[start:] + behind, len(tokens) - 1 - start, [key - start for key in keys if key >= start]
