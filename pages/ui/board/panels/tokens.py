"""The strip of tokens, which also keeps where one looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Tokens(Panel):
    """The tokens, and the layer, head, mode and pin that Python knows. It tells others as `view`."""

    name = "tokens"
    layer: int
    head: int
    mode: str
    pin: int | None
    rev: int  # another one: Python chose where one looks
    tokens: Sequence[str]
    chips: Sequence[tuple[str, int]]  # what is shown: tokens, and at place -1 characters that the model does not know
    hidden: int  # tokens before, out of sight
    written: int  # the place from which on the model wrote


def panel(seen: Reading) -> Tokens:
    """The text as the model reads it."""
    chosen = seen.inputs
    return Tokens(
        layer=chosen.layer,
        head=chosen.head,
        mode=chosen.mode,
        pin=chosen.pin,
        rev=chosen.rev_view,
        tokens=seen.tokens,
        chips=seen.chips,
        hidden=seen.hidden,
        written=seen.written,
    )
