"""Token + position = input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.embeddings import input_parts
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

WHOLE = 32_767  # what stands for the largest number
FULL = 3  # standard deviations that get the full colour


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors(Panel):
    """Token and position vectors as 16-bit numbers of the largest."""

    name = "vectors"
    T: int
    C: int
    tokens: Sequence[str] = sized("T")
    largest: float  # the number that 32,767 stands for
    shade: float  # the number that gets the full colour
    token: np.ndarray = array("int16", "T", "C")
    position: np.ndarray | None = array("int16", "T", "C")  # None: the model knows no positions


def panel(seen: Reading) -> Vectors:
    """What enters the first block."""
    token, position = input_parts(seen.model, seen.ids)  # (T, C), (T, C) or None
    parts = [part.numpy() for part in (token, position) if part is not None]
    both = np.concatenate(parts)
    largest = float(np.abs(both).max(initial=1e-9))
    small = [np.rint(part / largest * WHOLE).astype(np.int16) for part in parts]
    return Vectors(
        T=len(seen.ids),
        C=token.shape[1],
        tokens=seen.tokens,
        largest=largest,
        shade=float(FULL * both.std()) if seen.ids else 1.0,
        token=small[0],
        position=small[1] if len(small) > 1 else None,
    )
