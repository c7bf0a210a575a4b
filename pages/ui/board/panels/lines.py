"""Who looks at whom, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Lines(Panel):
    """The tokens of both columns."""

    name = "lines"
    tokens: Sequence[str]


def panel(seen: Reading) -> Lines:
    """The tokens that the model sees."""
    return Lines(tokens=seen.tokens)
