"""The writing panel: one token more, or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis import perplexity
from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading
from pages.ui.state.validate import WRITE_LIMIT

RUN = 200  # tokens that "Run" writes


@dataclass(frozen=True, kw_only=True, eq=False)
class Write(Panel):
    """What was written. It tells what is wanted as `ask`."""

    name = "write"
    n: int  # the number of the last request that Python answered
    run: int  # how many tokens "Run" writes
    room: int  # how many more there is room for
    ready: bool  # whether there is something to continue
    reading: str  # a sentence about the text so far
    written: Sequence[tuple[str, float]]  # tokens with their probabilities


def panel(seen: Reading) -> Write:
    """What was written, and how hard the model finds the text."""
    chosen, difficulty = seen.inputs, ""
    if seen.trace is not None and len(seen.ids) > 1:
        difficulty = perplexity.in_words(seen.trace.logits, seen.ids)
    return Write(
        n=chosen.answered,
        run=RUN,
        room=WRITE_LIMIT - len(chosen.written),
        ready=bool(seen.ids),
        reading=difficulty,
        written=[(token.text, token.probability) for token in chosen.written],
    )
