"""The training step's slider above a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui import cache
from pages.ui.board.panel import Panel
from pages.ui.state.inputs import Inputs


@dataclass(frozen=True, kw_only=True, eq=False)
class Scrub(Panel):
    """The kept steps and the losses along the way. It tells the step as `step`."""

    name = "scrub"
    steps: Sequence[int]
    losses: Sequence[tuple[int, float, float]]  # step, validation, training
    step: int
    rev: str  # another one: Python chose the step


def panel(chosen: Inputs) -> Scrub:
    """The training of the chosen model."""
    steps = chosen.shelved.steps
    losses = cache.losses(chosen.model, steps[-1])
    return Scrub(steps=steps, losses=losses, step=chosen.step, rev=f"{chosen.model} {chosen.rev_view}")
