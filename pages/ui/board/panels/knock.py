"""What a prediction needs: the choices, and what was found in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Knock(Panel):
    """It tells `by` and `effect` as `choice`, and asks `again` while something is measured."""

    name = "knock"
    groups: Sequence[tuple[str, str, Sequence[tuple[str, str]], str]] = ()  # parameter, label, (word, text), chosen
    T: int = 0  # tokens of the prompt
    sentence: str
    found: str = ""
    busy: float | None = None
