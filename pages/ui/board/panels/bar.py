"""The bar on top of every page: the way to the other pages, the tour, the projector, the link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streamlit.navigation.page import StreamlitPage

from pages.ui.board.panel import Panel
from pages.ui.state import session

TOUR = ("Playground",)  # the pages that have one


@dataclass(frozen=True, kw_only=True, eq=False)
class Bar(Panel):
    """All pages by section, each with its title and path. It tells whether everything is large as `projector`."""

    name = "bar"
    sections: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    current: str  # the path of the page that is shown
    projector: bool
    tour: bool  # whether this page has one


def panel(sections: Mapping[str, Sequence[StreamlitPage]], current: StreamlitPage) -> Bar:
    """The bar of one page."""
    return Bar(
        sections=[(name, [(page.title, page.url_path) for page in pages]) for name, pages in sections.items()],
        current=current.url_path,
        projector=session.projector(),
        tour=current.title in TOUR,
    )
