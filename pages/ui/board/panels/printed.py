"""What a tutorial prints beside what comes out here, digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Self, TypedDict

from gpt.lessons.tutorials.listing import Printed as Row
from pages.ui.board.panel import Panel

LONG = 2_000  # characters beyond which two texts that differ are only compared place by place
ALIKE = 0.5  # of their characters, below which two of different length are other words: "True" and "False"

Parts = list[tuple[str, bool]]  # pieces of a text, and whether the other one has something else there


class Pair(TypedDict):
    """One number, row or text, twice."""

    what: str
    verdict: str
    same: bool
    printed: Parts
    ours: Parts


@dataclass(frozen=True, kw_only=True, eq=False)
class Printed(Panel):
    """All rows of a listing."""

    name = "printed"
    rows: Sequence[Pair]

    @classmethod
    def of(cls, rows: Sequence[Row], turned: bool = False) -> Self:
        """These rows; once something is `turned`, nobody asks why they differ."""
        return cls(rows=[pair(row, turned) for row in rows])


def pair(row: Row, turned: bool) -> Pair:
    """A row with its digits compared."""
    printed, ours = compared(row.printed, row.ours)
    verdict = "turned" if turned and not row.same else row.verdict
    return Pair(what=row.what, verdict=verdict, same=row.same, printed=printed, ours=ours)


def compared(a: str, b: str) -> tuple[Parts, Parts]:
    """Two texts in pieces that are the same or differ: of one length place by place, others as they fit best."""
    if a == b:
        return [(a, False)], [(b, False)]
    if len(a) == len(b) or max(len(a), len(b)) > LONG:
        return by_place(a, b), by_place(b, a)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < ALIKE:
        return [(a, True)], [(b, True)]
    first, second = list[tuple[str, bool]](), list[tuple[str, bool]]()
    for kind, begin, end, start, stop in matcher.get_opcodes():
        first += [(a[begin:end], kind != "equal")] if end > begin else []
        second += [(b[start:stop], kind != "equal")] if stop > start else []
    return first, second


def by_place(text: str, other: str) -> Parts:
    """A text in pieces, each of which is the same in the other one at the same place, or nowhere."""
    parts = list[tuple[str, bool]]()
    for place, char in enumerate(text):
        differs = other[place : place + 1] != char
        if parts and parts[-1][1] == differs:
            parts[-1] = (parts[-1][0] + char, differs)
        else:
            parts.append((char, differs))
    return parts
