"""What matters: every head, every MLP and every token silent in turn, and what the prediction loses."""

from __future__ import annotations

from pages.ui.board import knocked, layout
from pages.ui.board.panels import link, prompt, selection, tokens
from pages.ui.board.parts import knock_panels
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def what_matters() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    found = knocked.knocked(seen)
    if found:
        knocked.look(found)
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (knock_panels.choices(seen, found), 60),
        *knock_panels.panels(found),
    )
    return seen


layout.top_row(session.current())
layout.live(what_matters, folded="numbers")
