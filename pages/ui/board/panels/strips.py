"""Token + position = input, for every token of the prompt."""

from __future__ import annotations

from dataclasses import dataclass, fields

from pages.ui.board.panels import vectors
from pages.ui.board.panels.vectors import Vectors
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Strips(Vectors):
    """What the panel `vectors` is sent; here all of it is drawn."""

    name = "strips"


def panel(seen: Reading) -> Strips:
    """What enters the first block."""
    same = vectors.panel(seen)
    return Strips(**{one.name: getattr(same, one.name) for one in fields(same)})
