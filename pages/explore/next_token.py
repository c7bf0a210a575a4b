"""Next token: from logits to probabilities step by step, the draw, and what luck has to do with it."""

from __future__ import annotations

from pages.ui.board import layout
from pages.ui.board.panels import cachemap, draw, eight, link, pipeline, positions, prompt, selection, tokens, tree
from pages.ui.board.parts import draw_bars, running_perplexity
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def next_token() -> Reading:
    """Everything that follows the keys."""
    seen = reading.read(session.current())
    shares = draw.drawn_from(seen)
    found = draw.compared(seen, shares)
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        # What the next token is drawn from, and the draw.
        (pipeline.panel(seen), 60),
        (draw.panel(seen, found), 30),
        (draw_bars.panel(seen, shares, found), 30),
        # What is written from draws: a text as a tree, every position of the prompt, the cache.
        (tree.panel(seen), 60),
        (eight.panel(seen), 60),
        (positions.panel(seen), 60),
        (running_perplexity.panel(seen), 30),
        (cachemap.panel(seen), 30),
    )
    return seen


layout.top_row(session.current(), here="next_token")
layout.live(next_token, folded="next_token")
