"""Text as numbers: ids and what they stand for, batches, and pieces of several characters."""

from __future__ import annotations

from pages.ui.board import layout
from pages.ui.board.panels import (
    cuts,
    ids,
    link,
    merging,
    prompt,
    renamed,
    selection,
    sizes,
    tokens,
    vocabulary,
)
from pages.ui.board.parts import token_questions, token_sums
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def tokens_page() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (ids.panel(seen), 30),
        (vocabulary.panel(seen), 30),
        (merging.panel(seen), 36),
        (renamed.panel(seen), 24),
        (cuts.panel(seen), 30),
        (sizes.panel(seen), 30),
        (token_sums.panel(seen), 30),
        (token_questions.panel(seen), 30),
    )
    return seen


layout.top_row(session.current(), here="tokens")
layout.live(tokens_page, folded="tokens")
