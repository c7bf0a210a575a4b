"""The guided tour, which notices what the visitor does."""

from __future__ import annotations

from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Tour(Panel):
    """What it waits for besides events in the browser. It tells the link of what was there before as `left`."""

    name = "tour"
    written: int
    model: str
    step: int
    steps: int  # how many were kept
    temperature: float


def panel(seen: Reading) -> Tour:
    """How far the visitor is."""
    chosen = seen.inputs
    return Tour(
        written=len(chosen.written),
        model=chosen.model,
        step=chosen.step,
        steps=len(chosen.shelved.steps),
        temperature=chosen.knobs.temperature,
    )
