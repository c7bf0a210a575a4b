"""What the trainer reads: a piece of the text, and how much each token surprised the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Batch(Panel):
    """Empty: nothing was read yet."""

    name = "batch"
    step: int = 0
    text: str = ""
    tokens: Sequence[str] = ()
    loss: Sequence[float | None] = ()  # nats of each token; None: not predicted
