"""A question to guess about the residual stream, answered by this prompt's own numbers."""

from __future__ import annotations

import math

from pages.ui.board.panels import guess
from pages.ui.board.panels.guess import Guess, Question
from pages.ui.board.stream import Stream
from pages.ui.board.words import quoted

QUESTION = "What lifts the model's likeliest next token here the most, over the mean of all tokens?"
OF = {
    "the embeddings": ("token", "position"),
    "all heads together": ("head", "bias"),
    "all MLPs together": ("MLP", "MLP bias"),
}


def panel(stream: Stream | None) -> Guess:
    """Of the likeliest token, whichever is chosen on the page; none for a model without blocks."""
    if stream is None:
        return guess.panel()
    if not stream.seen.config.n_layer:
        return guess.panel(waiting="This model has no blocks: all it knows is in one table. Choose one with blocks.")
    from gpt.analysis.writes import written

    found = stream.found
    likeliest = int(stream.trace.logits[found.position].argmax())
    if found.token != likeliest:
        found = written(stream.seen.model, stream.trace, stream.seen.ids, found.position)
    sums = {
        name: math.fsum(one.effect for one in found.writes if one.kind in kinds)
        for name, kinds in OF.items()
        if any(one.kind in kinds for one in found.writes)
    }
    parts = ", ".join(f"{name} {effect:+.2f}" for name, effect in sums.items())
    names = list(sums)
    after = f"After token {found.position + 1} the likeliest next is {quoted(stream.words[found.token])}"
    question = Question(
        QUESTION, names, names.index(max(names, key=lambda name: sums[name])), f"{after}: {parts} of its logit."
    )
    return guess.panel(question)
