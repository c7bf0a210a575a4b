"""What comes next, with its knobs and the draw that is waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpt import sampling
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class NextToken(Panel):
    """The logits of every position, exactly as the model gave them. It tells settings as `knobs`."""

    name = "next"
    T: int
    V: int
    tokens: Sequence[str] = sized("T")
    vocabulary: Sequence[str] = sized("V")
    settings: Mapping[str, Any]  # taken when `rev` changes
    rev: int
    index: int  # how many were drawn
    u: float  # the next draw's number, from 0 to 1
    logits: np.ndarray = array("float32", "T", "V")


def panel(seen: Reading) -> NextToken:
    """What the model says after each token."""
    chosen, T, V = seen.inputs, len(seen.ids), len(seen.vocabulary)
    drawn = len(chosen.written)
    return NextToken(
        T=T,
        V=V,
        tokens=seen.tokens,
        vocabulary=seen.vocabulary,
        settings=chosen.knobs.to_json(),
        rev=chosen.rev_view,
        index=drawn,
        u=sampling.draw(chosen.knobs.seed, drawn),
        logits=np.zeros((0, V), np.float32) if seen.trace is None else seen.trace.logits.numpy(),
    )
