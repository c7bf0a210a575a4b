"""The residual stream: what each part writes onto it, what it says at every boundary, and what is lost without it."""

from __future__ import annotations

from pages.ui.board import layout, stream
from pages.ui.board.panels import dimensions, dropout, gradient, lens, link, prompt, ranks, selection, tokens, writes
from pages.ui.board.parts import stream_guess, stream_worked
from pages.ui.state import session
from pages.ui.state.reading import Reading


def residual() -> Reading:
    """Everything that follows the keys."""
    seen, here = stream.read(session.current())
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (lens.panel(seen, here), 60),
        (writes.panel(seen, here), 36),
        (ranks.panel(seen, here), 24),
        (stream_worked.panel(seen, here), 36),
        (stream_guess.panel(here), 24),
        (dimensions.panel(seen, here), 60),
        (gradient.panel(seen, here), 30),
        (dropout.panel(seen, here), 30),
    )
    return seen


layout.top_row(session.current(), here="residual")
layout.live(residual, folded="residual")
