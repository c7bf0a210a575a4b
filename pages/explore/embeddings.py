"""What goes in: the token table and the position table, how alike their rows are, and where they lie."""

from __future__ import annotations

from pages.ui.board import layout
from pages.ui.board.panels import link, near, prompt, selection, space, strips, tables, tokens
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def embeddings() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (strips.panel(seen), 60),
        (tables.panel(seen), 60),
        (near.panel(seen), 18),
        (space.panel(seen), 42),
    )
    return seen


layout.top_row(session.current())
layout.live(embeddings, folded="embeddings")
