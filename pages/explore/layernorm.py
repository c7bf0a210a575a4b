"""Layer norm: what each norm takes away from a token, what it gives it, and what it can never pass on."""

from __future__ import annotations

from pages.ui.board import layernorm as looked
from pages.ui.board import layout
from pages.ui.board.panels import everynorm, gains, link, normguess, normsteps, normsum, prompt, selection, tokens
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def layernorm() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    view = looked.view(seen)
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (everynorm.panel(seen, view), 33),
        (gains.panel(seen, view), 27),
        (normsteps.panel(seen, view), 36),
        (normsum.panel(seen, view), 24),
        (normguess.panel(seen, view), 60),
    )
    return seen


layout.top_row(session.current())
layout.live(layernorm, folded="layernorm")
