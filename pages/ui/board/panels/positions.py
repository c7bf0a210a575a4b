"""Every position of the prompt: what the model expected there, what came, and how surprised it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.ui.board.panel import Panel, array, sized
from pages.ui.derived import writing
from pages.ui.state import reading
from pages.ui.state.reading import Reading


@dataclass(frozen=True, kw_only=True, eq=False)
class Positions(Panel):
    """N positions, from the second token on (of a huge vocabulary the last ones), each with its K likeliest tokens."""

    name = "positions"
    T: int
    V: int
    N: int
    K: int
    start: int  # the first one's place, from 0
    tokens: Sequence[str] = sized("T")
    vocabulary: Sequence[str] = sized("V")
    bits: np.ndarray = array("float32", "N")
    ranks: np.ndarray = array("float32", "N")
    best: np.ndarray = array("float32", "N", "K")  # ids: whole numbers, which 32 bits hold up to 16 million
    shares: np.ndarray = array("float32", "N", "K")


def panel(seen: Reading) -> Positions:
    """What was expected of the text that the model reads."""
    found = found_of(seen)
    N, K = found.best.shape if found else (0, 0)
    zeros = np.zeros((0, 0), np.float32)
    return Positions(
        T=len(seen.ids),
        V=len(seen.vocabulary),
        N=N,
        K=K,
        start=found.start if found else 1,
        tokens=seen.tokens,
        vocabulary=seen.vocabulary,
        bits=found.bits.astype(np.float32) if found else np.zeros(0, np.float32),
        ranks=found.ranks.astype(np.float32) if found else np.zeros(0, np.float32),
        best=found.best.astype(np.float32) if found else zeros,
        shares=found.shares.astype(np.float32) if found else zeros,
    )


def found_of(seen: Reading) -> writing.Expectations | None:
    """The expectations of what is read; None of a text of less than two tokens."""
    if len(seen.ids) < 2:
        return None
    return writing.expected(seen.inputs.model, seen.inputs.step, seen.ids, reading.stack_of(seen.inputs))
