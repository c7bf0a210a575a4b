"""Effects of edits as bars; a click on one keeps that edit in the stack, or takes it out again."""

from __future__ import annotations

from dataclasses import dataclass

from pages.ui.board.panels.chart import Chart


@dataclass(frozen=True, kw_only=True, eq=False)
class KnockBars(Chart):
    """It tells the whole stack as `choice`: `edits`."""

    name = "knockbars"
    word: str  # of a bar's edit, "#" where its place stands, counted from 1
    edits: str  # the stack as it is
    shows: str  # the parts whose points are shown here when they are opened
