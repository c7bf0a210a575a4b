"""Compare: two prompts, two models, two steps or with and without edits, side by side, as what differs, and patched."""

from __future__ import annotations

from pages.ui.board import compared, layout, patched
from pages.ui.board.panels import contrast, link, prompt, selection, sides, tokens
from pages.ui.board.parts import compare_panels, patch_panels
from pages.ui.state import session
from pages.ui.state.reading import Reading


def compare() -> Reading:
    """Everything that follows the keys."""
    chosen = session.current()
    here = compared.read(chosen)
    layout.show(
        (link.panel(here.shown), 60),
        (prompt.panel(here.shown), 20),
        (selection.panel(here.shown), 60),
        (tokens.panel(here.shown), 40),
        (sides.panel(chosen, here), 60),
        (contrast.panel(here), 60),
        *compare_panels.panels(here),
        *patch_panels.panels(patched.patching(here)),
    )
    return here.shown


layout.top_row(session.current())
layout.live(compare, folded="compare")
