"""The six strongest keys, and a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Strongest(Panel):
    """The tokens that are named and searched."""

    name = "strongest"
    tokens: Sequence[str]


def panel(seen: Reading) -> Strongest:
    """The tokens that the model sees."""
    return Strongest(tokens=seen.tokens)
