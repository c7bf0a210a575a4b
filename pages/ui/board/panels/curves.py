"""Loss curves of one run, or of several laid over each other, with published losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from pages.ui.board.panel import Panel


class Run(TypedDict):
    """One run's losses: [step, nats]."""

    name: str
    steps: int  # how many it shall make
    train: Sequence[Sequence[float | None]]
    val: Sequence[Sequence[float | None]]


class Mark(TypedDict):
    """A published loss."""

    name: str
    loss: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Curves(Panel):
    """Title, note, runs and marks."""

    name = "curves"
    title: str
    note: str
    runs: Sequence[Run]
    marks: Sequence[Mark]
