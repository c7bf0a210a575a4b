"""Edits: a stack of changes of what flows, and every picture before and after."""

from __future__ import annotations

from pages.ui.board import edited, layout
from pages.ui.board.panels import edits, link, prompt, selection, tokens, twice
from pages.ui.board.parts import edited_panels
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def what_edits_change() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    found = edited.sides(seen)
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (edits.panel(seen, found), 60),
        *edited_panels.panels(found),
        *([(twice.panel(seen, found), 60)] if edited.editable(seen.checkpoint.config) else []),
    )
    return seen


layout.top_row(session.current())
layout.live(what_edits_change, folded="numbers")
