"""The timeline: one slider through a training, and everything inside the model follows it."""

from __future__ import annotations

from pages.ui import cache, prefetch
from pages.ui.board import layout
from pages.ui.board.panels import (
    head,
    heads,
    link,
    next_token,
    norms,
    prompt,
    sample,
    selection,
    timeline,
    token_map,
    tokens,
)
from pages.ui.state import callbacks, reading, session
from pages.ui.studio import steering


def everything() -> None:
    """Everything that the slider moves; what changes most comes first, so that a projector shows it with the slider."""
    cache.check_steps(session.current().model)
    seen = reading.read(session.current())
    chosen, steps = seen.inputs, seen.inputs.shelved.steps
    layout.show(
        (link.panel(seen, named=("model",)), 60),  # without one, this page begins with a model that has a past
        (timeline.panel(seen), 60),
        (heads.panel(seen), 20),
        (head.panel(seen), 22),
        (next_token.panel(seen), 18),
        (prompt.panel(seen), 42),
        (sample.panel(seen), 18),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 60),
        (norms.panel(seen), 30),
        (token_map.panel(cache.run_maps(chosen.model, steps)[chosen.step], seen), 30),
    )
    prefetch.samples(chosen.model, steps)
    steering.train_further(chosen)


callbacks.timeline_opened()
layout.top_row(session.current(), slider=False)
layout.live(everything)
