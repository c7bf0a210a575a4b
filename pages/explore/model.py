"""The whole model on one screen, live under the keys: from the text to the next token, and down to any number."""

from __future__ import annotations

from pages.ui.board import diving, layout
from pages.ui.board.panels import dive, link, model, next_token, prompt, selection, write
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def whole() -> Reading:
    """Everything that follows the keys; what is looked into stands over the right half."""
    seen = reading.read(session.current(), switches=True)
    common = ((link.panel(seen), 60), (prompt.panel(seen), 36), (write.panel(seen), 24), (selection.panel(seen), 60))
    if found := diving.inside(seen):
        layout.show(*common, (model.panel(seen), 28), (dive.panel(found), 32), (found.panel, 32))
    else:
        layout.show(*common, (model.panel(seen), 44), (next_token.panel(seen), 16))
    return seen


layout.top_row(session.current(), here="model")
layout.live(whole, folded="numbers")
