"""What is selected, in one bar under the prompt: the same on every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.board.panels.switches import TITLES
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Selection(Panel):
    """All that is selected, as far as this model and prompt have it. It tells another selection as `view`."""

    name = "selection"
    layer: int
    head: int
    mode: str
    pin: int | None
    norm: int
    cell: tuple[str, int, int] | None
    switches: Sequence[str]
    rev: int  # another one: Python chose
    n: int  # the number of the last change that Python heard
    tokens: Sequence[str]
    titles: Mapping[str, str]  # of the switches
    ignores: Sequence[str]  # what this page does not show


def panel(seen: Reading) -> Selection:
    """The selection that all pages share."""
    chosen = seen.inputs
    return Selection(
        layer=chosen.layer,
        head=chosen.head,
        mode=chosen.mode,
        pin=chosen.pin,
        norm=chosen.norm,
        cell=chosen.cell,
        switches=chosen.switches,
        rev=chosen.rev_view,
        n=chosen.ack_view,
        tokens=seen.tokens,
        titles={name: TITLES[name] for name in chosen.switches},
        ignores=seen.ignores,
    )
