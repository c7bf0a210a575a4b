"""The feed-forward part: which neurons a token wakes, what each writes, and what fires it."""

from __future__ import annotations

from gpt.analysis.mlp import has_neurons
from pages.ui.board import feedforward, layout
from pages.ui.board.panels import bend, fires, habits, link, neurons, prompt, pushers, selection, tokens
from pages.ui.board.parts import broken, neuron_guess, neuron_sum
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def feed_forward() -> Reading:
    """Everything that follows the keys; of a model without neurons what is left are its heads."""
    seen = reading.read(session.current())
    top = [(link.panel(seen), 60), (prompt.panel(seen), 20), (selection.panel(seen), 60), (tokens.panel(seen), 40)]
    if not has_neurons(seen.config):
        layout.show(*top, (neurons.panel(seen, None), 24), (habits.panel(seen), 36))
        return seen
    shown = feedforward.look(seen)
    layout.show(
        *top,
        (neurons.panel(seen, shown), 38),
        (bend.panel(seen, shown), 22),
        (pushers.panel(seen, shown), 24),
        (fires.panel(seen, shown), 36),
        (broken.panel(seen, shown), 24),
        (neuron_sum.panel(seen, shown), 36),
        (habits.panel(seen), 36),
        (neuron_guess.panel(seen, shown), 24),
    )
    return seen


layout.top_row(session.current(), here="mlp")
layout.live(feed_forward, folded="mlp")
