"""The Playground: type, and see everything inside a small GPT follow each key."""

from __future__ import annotations

from pages.ui import cache
from pages.ui.board import layout
from pages.ui.board.panels import (
    head,
    heads,
    link,
    next_token,
    norms,
    prompt,
    selection,
    token_map,
    tokens,
    tour,
    vectors,
    write,
)
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def playground() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    layout.show(
        (link.panel(seen), 60),
        (tour.panel(seen), 60),
        (prompt.panel(seen), 36),
        (write.panel(seen), 24),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 60),
        (heads.panel(seen), 18),
        (head.panel(seen), 19),
        (next_token.panel(seen), 23),
        (vectors.panel(seen), 20),
        (norms.panel(seen), 20),
        (token_map.panel(cache.token_map(seen.inputs.model, seen.inputs.step), seen), 20),
    )
    return seen


layout.top_row(session.current(), here="playground", said=True)
layout.live(playground, folded="numbers")
