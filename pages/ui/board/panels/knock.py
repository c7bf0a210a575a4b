"""What a prediction needs: the choices, and what was found in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Knock(Panel):
    """It tells `by`, `effect`, `logit` and `other` as `choice`, and asks `again` while something is measured."""

    name = "knock"
    groups: Sequence[tuple[str, str, Sequence[tuple[str, str]], str]] = ()  # parameter, label, (word, text), chosen
    offered: Sequence[tuple[int, str, float]] = ()  # tokens whose prediction it may be: id, text, probability
    chosen: int = -1  # the id of the one that it is
    other: str | None = None  # the other prompt; none where nothing is taken from it
    suggested: str = ""  # another prompt that would do
    T: int = 0  # tokens of the prompt
    sentence: str
    found: str = ""
    busy: float | None = None
