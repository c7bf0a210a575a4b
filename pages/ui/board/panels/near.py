"""The tokens whose vectors are most like that of the token one looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel, sized
from pages.ui.board.panels.vectors import SMALL
from pages.ui.derived import embeddings as derived
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Near(Panel):
    """The neighbours of a small alphabet's tokens, which then never travel again, or of the prompt's."""

    name = "near"
    U: int
    tokens: Sequence[str]  # (T,)
    row: Sequence[int]  # (T,) of each token in `nearest`
    nearest: Sequence[Sequence[tuple[str, int, float]]] = sized("U")  # text, id, cosine; the most alike first


def panel(seen: Reading) -> Near:
    """By cosine, in all dimensions."""
    V, chosen = len(seen.vocabulary), seen.inputs
    listed = list(range(V)) if V <= SMALL else list(dict.fromkeys(seen.ids))
    place = {one: u for u, one in enumerate(listed)}
    return Near(
        U=len(listed),
        tokens=seen.tokens,
        row=[place[i] for i in seen.ids],
        nearest=[
            [(seen.vocabulary[i], i, round(c, 4)) for i, c in derived.nearest(chosen.model, chosen.step, one)]
            for one in listed
        ],
    )
