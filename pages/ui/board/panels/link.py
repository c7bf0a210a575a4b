"""What keeps the address bar in step with what one sees."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state import permalink
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Link(Panel):
    """The parameters of the address."""

    name = "link"
    link: Mapping[str, str]


def panel(seen: Reading, named: Collection[str] = ()) -> Link:
    """The link that restores these choices; parameters that are `named` stand in it even at their default."""
    return Link(link=permalink.link(seen.inputs, named))
