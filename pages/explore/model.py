"""The whole model on one screen, live under the keys: from the text to the next token."""

from __future__ import annotations

from pages.ui.board import layout
from pages.ui.board.panels import link, model, next_token, prompt, selection, write
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def whole() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 36),
        (write.panel(seen), 24),
        (selection.panel(seen), 60),
        (model.panel(seen), 44),
        (next_token.panel(seen), 16),
    )
    return seen


layout.top_row(session.current(), here="model")
layout.live(whole, folded="numbers")
