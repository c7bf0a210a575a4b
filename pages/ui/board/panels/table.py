"""A small table of words, which needs no script of the platform's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Table(Panel):
    """The columns' names, and each row's cells under them."""

    name = "table"
    names: Sequence[str]
    rows: Sequence[Sequence[str]]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, object]]) -> Self:
        """Rows that all have the same names."""
        names = list(rows[0]) if rows else []
        return cls(names=names, rows=[[str(row[name]) for name in names] for row in rows])
