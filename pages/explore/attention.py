"""The attention microscope: one head as arithmetic that one can follow with a finger."""

from __future__ import annotations

from pages.ui.board import layout
from pages.ui.board.panels import (
    flow,
    head,
    heads,
    lines,
    link,
    neuron,
    prompt,
    selection,
    stages,
    strongest,
    switches,
    tokens,
    worked,
)
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def attention() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current(), switches=True)
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (heads.ordered(seen), 20),
        (head.panel(seen), 21),
        (strongest.panel(seen), 19),
        (switches.panel(seen), 19),
        (stages.panel(seen), 60),
        (worked.panel(seen), 36),
        (neuron.panel(seen), 24),
        (lines.panel(seen), 26),
        (flow.panel(seen), 34),
    )
    return seen


layout.top_row(session.current(), here="attention")
layout.live(attention, folded="head")
