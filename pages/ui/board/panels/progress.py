"""How the chosen run is doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from pages.ui.board.panel import Panel


class Fact(TypedDict):
    """One number with its name."""

    name: str
    value: str  # with its unit


@dataclass(frozen=True, kw_only=True, eq=False)
class Progress(Panel):
    """Who it is, how far, and its numbers."""

    name = "progress"
    sentence: str
    message: str  # what it has to say; mostly nothing
    share: float  # of all its steps, 0 to 1
    facts: Sequence[Fact]
