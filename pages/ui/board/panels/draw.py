"""The draw: u of the shown seed, what it falls on, and many draws beside their probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gpt import sampling
from gpt.analysis.luck import Luck, luck, verdict
from pages.ui.board.panel import Panel, sized
from pages.ui.state.choices.next_token import MANY
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class Draw(Panel):
    """The number that is drawn; where it falls the browser knows. It tells `again` and `many` as choices."""

    name = "draw"
    V: int
    vocabulary: Sequence[str] = sized("V")
    seed: int
    index: int  # of the draw, from 0
    again: int  # draws that are passed over
    u: float
    many: int
    offered: Sequence[int]
    sentence: str  # what came of many draws


def drawn_from(seen: Reading) -> Tensor | None:
    """What the next token is drawn from, (V,); None before there is a text."""
    if seen.trace is None:
        return None
    return sampling.distribution(seen.trace.logits[seen.query], seen.inputs.knobs, seen.ids[: seen.query + 1])


def compared(seen: Reading, probabilities: Tensor | None) -> Luck | None:
    """As many draws as were asked for, beside the probabilities (V,) that they come from."""
    many = seen.inputs.next_token.many
    return None if probabilities is None or not many else luck(probabilities, many, seen.inputs.knobs.seed)


def panel(seen: Reading, found: Luck | None) -> Draw:
    """The draw that is waiting, and what luck had to do with many."""
    chosen = seen.inputs
    index = len(chosen.written) + chosen.next_token.again
    return Draw(
        V=len(seen.vocabulary),
        vocabulary=seen.vocabulary,
        seed=chosen.knobs.seed,
        index=index,
        again=chosen.next_token.again,
        u=sampling.draw(chosen.knobs.seed, index),
        many=chosen.next_token.many,
        offered=[n for n in MANY if n],
        sentence="" if found is None else said(found, chosen.knobs.seed),
    )


def said(found: Luck, seed: int) -> str:
    """The comparison with its numbers."""
    if not found.freedom:
        return verdict(found)
    cells = f"{found.freedom + 1:,} cells"
    rest = f" ({found.pooled:,} rare tokens pooled)" if found.pooled else ""
    test = (
        f"χ² = {found.statistic:.1f} over {cells}{rest}, {found.freedom:,} degrees of freedom, p = {found.p_value:.3f}"
    )
    return f"The first {found.draws:,} draws of seed {seed}: {test}. {verdict(found)}"
