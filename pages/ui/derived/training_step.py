"""Films of a training step, each found once for all visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui.shared import shared

if TYPE_CHECKING:
    from gpt.lessons.training_step.film import Film, Pass


@shared(32)
def film(optimizer: str, rate: float, seed: int) -> Film:
    """All steps of one choice."""
    from gpt.lessons.training_step.film import play

    return play(optimizer, rate, seed)


@shared(64)
def seen(optimizer: str, rate: float, seed: int, taken: int) -> Pass:
    """The pass after so many steps."""
    return film(optimizer, rate, seed).seen(taken)
