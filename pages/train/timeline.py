"""The timeline: one slider through a training, and everything inside the model follows it."""

from __future__ import annotations

from pages.ui import cache, prefetch
from pages.ui.board import layout
from pages.ui.board.panel import Panel
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
from pages.ui.state.reading import Reading
from pages.ui.studio import steering


def everything() -> Reading:
    """Everything that the slider moves; what changes most comes first, so that a projector shows it with the slider."""
    cache.check_steps(session.current().model)
    seen = reading.read(session.current())
    chosen, steps = seen.inputs, seen.inputs.shelved.steps
    layout.show(
        (link.panel(seen, named=("model",)), 60),  # without one, this page begins with a model that has a past
        (timeline.panel(seen), 60),
        *looking(seen),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 60),
        (norms.panel(seen), 30),
        (token_map.panel(cache.run_maps(chosen.model, steps)[chosen.step], seen), 30),
    )
    prefetch.samples(chosen.model, steps)
    steering.train_further(chosen)
    return seen


def looking(seen: Reading) -> list[tuple[Panel, int]]:
    """What the model looks at and what it says; one without heads has only the latter."""
    looks, says, types, writes = heads.panel(seen), next_token.panel(seen), prompt.panel(seen), sample.panel(seen)
    if seen.config.n_layer:
        return [(looks, 20), (head.panel(seen), 22), (says, 18), (types, 42), (writes, 18)]
    return [(looks, 60), (says, 36), (writes, 24), (types, 60)]


callbacks.timeline_opened()
layout.top_row(session.current(), slider=False)
layout.live(everything)
