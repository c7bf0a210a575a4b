"""What goes in: the token table and the position table, how alike their rows are, and where they lie."""

from __future__ import annotations

from dataclasses import replace

from pages.ui.board import layout
from pages.ui.board.panels import (
    direction,
    link,
    near,
    onehot,
    places,
    prompt,
    selection,
    shuffled,
    space,
    strips,
    tables,
    tokens,
)
from pages.ui.board.parts import embedding_questions, vector_sum
from pages.ui.derived import embeddings as derived
from pages.ui.state import reading, session
from pages.ui.state.reading import Reading


def embeddings() -> Reading:
    """Everything that follows the keys."""
    trained = reading.read(session.current())
    seen = with_scheme(trained)
    layout.show(
        (link.panel(seen), 60),
        (prompt.panel(seen), 20),
        (selection.panel(seen), 60),
        (tokens.panel(seen), 40),
        (strips.panel(seen), 60),
        (vector_sum.panel(seen), 36),
        (direction.panel(seen), 24),
        (tables.panel(seen), 60),
        (near.panel(seen), 18),
        (space.panel(seen), 42),
        (places.panel(seen, trained), 34),
        (shuffled.panel(trained), 26),
        (onehot.panel(seen), 26),
        (embedding_questions.panel(trained), 34),
    )
    return seen


def with_scheme(trained: Reading) -> Reading:
    """The model with places told in the chosen way."""
    scheme, chosen = places.scheme_of(trained), trained.inputs
    if not scheme:
        return trained
    if not trained.ids:
        return replace(trained, model=derived.with_scheme(chosen.model, chosen.step, scheme, 0))
    model, trace = derived.changed(chosen.model, chosen.step, scheme, trained.ids, reading.stack_of(chosen))
    return replace(trained, model=model, trace=trace)


layout.top_row(session.current(), here="embeddings")
layout.live(embeddings, folded="embeddings")
