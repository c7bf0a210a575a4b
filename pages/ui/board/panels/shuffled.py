"""The prompt in another order: which outputs of its last token notice it, with and without positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gpt.analysis.reordering import LEAST
from pages.ui.board.panel import Panel
from pages.ui.derived import embeddings as derived
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Shuffled(Panel):
    """How far the last token's vector moves, block by block. It tells `choice`: the number of the order."""

    name = "shuffled"
    number: int
    text: Sequence[str]  # the tokens in their other order
    trained: Sequence[float]  # (L,) largest change of a number after each block
    without: Sequence[float]
    size: float  # the largest number of the vector after the first block
    sentence: str


def panel(seen: Reading) -> Shuffled:
    """`seen` is the model as it was trained; nothing is computed before an order is asked for."""
    number, T, L = seen.inputs.embeddings.shuffle, len(seen.ids), seen.checkpoint.config.n_layer
    if not L:
        sentence = "This model has no blocks, so no token looks at another: choose one with attention, as “mini”."
        return Shuffled(number=0, text=(), trained=(), without=(), size=0.0, sentence=sentence)
    if T < LEAST or not number:
        sentence = (
            "Put the tokens before the last one in another order: does the last one's vector notice?"
            if T >= LEAST
            else f"Type {LEAST} tokens or more: fewer have no other order with the last one kept."
        )
        return Shuffled(number=0, text=(), trained=(), without=(), size=0.0, sentence=sentence)
    found = derived.reordered(seen.inputs.model, seen.inputs.step, seen.ids, number)
    first, later = found.without[0], found.without[1:]
    sentence = f"Without positions the first block's output moves by {first:.0e}: its attention sees a set, no order."
    if later:
        sentence += f" From the second block on it does move (by {max(later):.2f} at most)"
        sentence += ": there the causal mask has told the order." if seen.checkpoint.config.causal else "."
    return Shuffled(
        number=number,
        text=[seen.tokens[i] for i in found.order],
        trained=found.trained,
        without=found.without,
        size=found.size,
        sentence=sentence,
    )
