"""Token + position = input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.embeddings import input_parts
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

FULL = 3  # standard deviations that get the full colour


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors(Panel):
    """Position vectors, and the vector of each different token once."""

    name = "vectors"
    T: int
    U: int  # different tokens
    C: int
    tokens: Sequence[str] = sized("T")
    row: Sequence[int] = sized("T")  # of each token in the table
    shade: float  # the number that gets the full colour
    token: np.ndarray = array("float32", "U", "C")
    position: np.ndarray | None = array("float32", "T", "C")  # None: the model knows no positions


def panel(seen: Reading) -> Vectors:
    """What enters the first block."""
    token, position = input_parts(seen.model, seen.ids)  # (T, C), (T, C) or None
    parts = [part.numpy() for part in (token, position) if part is not None]
    _, first, row = np.unique(np.array(seen.ids, np.int64), return_index=True, return_inverse=True)  # (U,), (T,)
    return Vectors(
        T=len(seen.ids),
        U=len(first),
        C=token.shape[1],
        tokens=seen.tokens,
        row=row.tolist(),
        shade=float(FULL * np.concatenate(parts).std()) if seen.ids else 1.0,
        token=parts[0][first],
        position=parts[1] if len(parts) > 1 else None,
    )
