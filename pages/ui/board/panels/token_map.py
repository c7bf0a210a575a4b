"""The token table in two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.embeddings import Map, in_words
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenMap(Panel):
    """The table's points with their bounds, and which tokens the prompt uses."""

    name = "map"
    V: int
    axes: int = 2
    vocabulary: Sequence[str] = sized("V")
    ids: Sequence[int]  # of the prompt, as far as they are on the map
    sentences: tuple[str, str]  # which axes these are, and how far nearness can be believed
    neighbours: Sequence[Sequence[tuple[int, float]]] = sized("V")  # (id, cosine), the most alike first
    low: tuple[float, float]
    high: tuple[float, float]
    points: np.ndarray = array("float32", "V", "axes")


def panel(found: Map, seen: Reading) -> TokenMap:
    """A map that was found before: of one model, or of a step among the others of its run."""
    return TokenMap(
        V=len(found.points),
        vocabulary=seen.vocabulary[: len(found.points)],
        ids=[token for token in seen.ids if token < len(found.points)],
        sentences=in_words(found),
        neighbours=found.neighbours,
        low=found.low,
        high=found.high,
        points=found.points.numpy(),
    )
