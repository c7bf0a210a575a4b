"""The strip of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Tokens(Panel):
    """The tokens."""

    name = "tokens"
    tokens: Sequence[str]
    # What is shown: tokens, and at place -1 characters that the model does not know; empty when it knows all of them.
    chips: Sequence[tuple[str, int]]
    hidden: int  # tokens before, out of sight
    written: int  # the place from which on the model wrote


def panel(seen: Reading) -> Tokens:
    """The text as the model reads it."""
    return Tokens(
        tokens=seen.tokens,
        chips=seen.chips if seen.unknown else (),
        hidden=seen.hidden,
        written=seen.written,
    )
