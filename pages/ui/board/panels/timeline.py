"""The slider through a training, with its losses and the moments at which a head took up its role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from pages.ui import cache
from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


class Mark(TypedDict):
    """A head takes up its role at a step."""

    step: int
    layer: int
    head: int
    text: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Timeline(Panel):
    """The kept steps and the losses along the way. It tells the step that one slides to as `slid`."""

    name = "timeline"
    steps: Sequence[int]
    losses: Sequence[tuple[int, float, float]]  # step, validation, training
    step: int
    events: Sequence[Mark]
    note: str  # what the marks are, or why there are none
    changing: bool  # whether another text, or the training, may bring other marks
    rev: str  # another one: Python chose the step


def panel(seen: Reading) -> Timeline:
    """The training of the chosen model."""
    chosen, steps = seen.inputs, seen.inputs.shelved.steps
    found, growing = cache.emergence(chosen.model, steps, seen.ids), cache.in_training(chosen.model)
    return Timeline(
        steps=steps,
        losses=cache.losses(chosen.model, steps[-1]),
        step=chosen.step,
        events=[{"step": e.step, "layer": e.layer, "head": e.head, "text": e.sentence} for e in found.events],
        note=found.sentence if len(steps) > 1 else alone(growing),
        changing=growing or not cache.texts(chosen.model),
        rev=f"{chosen.model} {chosen.rev}",
    )


def alone(growing: bool) -> str:
    """What to do about a model that has kept one step."""
    if growing:
        return "One kept step so far: with the next one there is something to slide."
    several = next((model for model in cache.offered().values() if len(model.steps) > 1), None)
    other = f", or choose {several.title or several.name}" if several else ""
    return f"One kept step: nothing to slide. Train a model in the Studio, which keeps many{other}."
