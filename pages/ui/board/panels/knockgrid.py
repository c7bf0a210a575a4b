"""Effects of edits as cells; a click on one keeps that edit in the stack, or takes it out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panels.matrix import Matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class KnockGrid(Matrix):
    """It tells the whole stack as `choice`: `edits`; and what its lists choose."""

    name = "knockgrid"
    words: Sequence[str] = ()  # of the edit of each row's cells, "#" where the column stands, counted from 1
    ends: Sequence[str] = ()  # those of the last column, where it is another kind of part
    edits: str = ""  # the stack as it is
    shows: str = ""  # the parts whose points are shown here when they are opened
    picks: Sequence[tuple[str, str, Sequence[tuple[str, str]], str]] = ()  # parameter, label, (word, text), chosen
