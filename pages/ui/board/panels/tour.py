"""The guided tour, which notices what the visitor does."""

from __future__ import annotations

from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Tour(Panel):
    """What it waits for besides events in the browser: tokens written, the model, the temperature."""

    name = "tour"
    written: int
    model: str
    temperature: float


def panel(seen: Reading) -> Tour:
    """How far the visitor is."""
    chosen = seen.inputs
    return Tour(written=len(chosen.written), model=chosen.model, temperature=chosen.knobs.temperature)
