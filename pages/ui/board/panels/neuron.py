"""The products of a query and a key, number by number, which come over the bus from the stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pages.ui.board.panel import Panel
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Neuron(Panel):
    """The tokens that are named."""

    name = "neuron"
    tokens: Sequence[str]


def panel(seen: Reading) -> Neuron:
    """The tokens that the model sees."""
    return Neuron(tokens=seen.tokens)
