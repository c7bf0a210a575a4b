"""What the model writes at a step."""

from __future__ import annotations

from dataclasses import dataclass

from pages.ui import cache
from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample(Panel):
    """A text and its step."""

    name = "sample"
    step: int
    text: str


def panel(seen: Reading) -> Sample:
    """The chosen model's, at the chosen step; always the same."""
    chosen = seen.inputs
    return Sample(step=chosen.step, text=cache.sample(chosen.model, chosen.step))
