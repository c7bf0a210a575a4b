"""What keeps the address bar in step with what one sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state import permalink
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Link(Panel):
    """The parameters of the address."""

    name = "link"
    link: Mapping[str, str]


def panel(seen: Reading) -> Link:
    """The link that restores these choices."""
    return Link(link=permalink.link(seen.inputs, without=seen.ignores))
