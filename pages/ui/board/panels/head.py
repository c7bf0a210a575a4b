"""The chosen head, large: its weights come over the bus from all heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Head(Panel):
    """The tokens that label rows and columns."""

    name = "head"
    tokens: Sequence[str]


def panel(seen: Reading) -> Head:
    """The tokens that the model sees."""
    return Head(tokens=seen.tokens)
