"""Inside one part of the whole model: where one is, the way back up, and the page that is about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pages.ui.board.diving import UP, Inside
from pages.ui.board.panel import Panel


@dataclass(frozen=True, kw_only=True, eq=False)
class Dive(Panel):
    """The crumbs, the model first, each with the `choice` that leads there; a cell is let go of as `view`."""

    name = "dive"
    crumbs: Sequence[tuple[str, Mapping[str, str]]]
    page: str
    sentence: str


def panel(found: Inside) -> Dive:
    """The way into a part, down to the number that is worked out."""
    crumbs: list[tuple[str, Mapping[str, str]]] = [("The model", {"dive": "", **UP}), (found.title, UP)]
    if found.number:
        crumbs.append((found.number, {}))
    sentence = "One number, down to its operands." if found.number else found.sentence
    return Dive(crumbs=crumbs, page=found.page, sentence=sentence)
