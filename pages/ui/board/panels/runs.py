"""The runs as a table from which one is chosen, and others to lay over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from pages.ui.board.panel import Panel


class Row(TypedDict):
    """One run."""

    id: str
    name: str
    state: str  # as people say it
    about: str  # what is different about it; of one that cannot be read: why
    readable: bool
    step: int
    steps: int  # how many it shall make
    val: float | None  # nats a character
    train: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Runs(Panel):
    """The rows, newest first, and what is chosen. It tells {"run", "over", "n"} as `picked`."""

    name = "runs"
    note: str
    rows: Sequence[Row]
    run: str  # the shown one's id
    over: Sequence[str]  # ids of those that are laid over it
    ack: int  # the latest `n` that was heard
