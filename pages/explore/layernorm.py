"""Layer norm: what each norm takes away from a token, what it gives it, and what it can never pass on."""

from __future__ import annotations

from gpt.analysis.layer_norms import places
from pages.ui.board import layout
from pages.ui.board.norms_seen import questions, worked_sum
from pages.ui.board.norms_seen.view import view_of
from pages.ui.board.panels import (
    everynorm,
    gains,
    link,
    normhist,
    normoff,
    normsteps,
    normtable,
    placements,
    prompt,
    selection,
    tokens,
)
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def layernorm() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    view = view_of(seen)
    here = ((link.panel(seen), 60), (prompt.panel(seen), 20), (selection.panel(seen), 60), (tokens.panel(seen), 40))
    if not places(seen.config):
        every, table = (everynorm.panel(seen, view), 60), (normtable.panel(seen, view), 60)
        layout.show(*here, every, table, (placements.panel(), 60))
        return seen
    layout.show(
        *here,
        (everynorm.panel(seen, view), 33),
        (gains.panel(seen, view), 27),
        (normhist.panel(seen, view), 33),
        (normsteps.panel(seen, view), 36),
        (worked_sum.panel(seen, view), 24),
        (questions.panel(seen, view), 60),
        (normtable.panel(seen, view), 36),
        (normoff.panel(seen, view), 24),
        (placements.panel(), 60),
    )
    return seen


layout.top_row(session.current(), here="layernorm")
layout.live(layernorm, folded="layernorm")
