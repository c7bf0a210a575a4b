"""Shows nothing: it tells who this browser is."""

from __future__ import annotations

from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state import visitor


@dataclass(frozen=True, kw_only=True, eq=False)
class Owner(Panel):
    """The token that Python knows. It tells the browser's as `token`."""

    name = "owner"
    token: str


def panel() -> Owner:
    """This visitor's token."""
    return Owner(token=visitor.owner())
