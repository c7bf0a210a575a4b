"""Token + position = input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.embeddings import input_parts, token_vectors
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

SMALL = 128  # tokens of an alphabet that is sent as a whole; of a larger one, those of the prompt
FULL = 3  # standard deviations that get the full colour


@dataclass(frozen=True, kw_only=True, eq=False)
class Vectors(Panel):
    """Position vectors, and a table of token vectors: of a small alphabet all, which then never travel again."""

    name = "vectors"
    T: int
    U: int  # tokens in the table
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
    V, ids = seen.config.vocab_size, np.array(seen.ids, np.int64)  # (T,)
    listed = np.arange(V) if V <= SMALL else np.unique(ids)  # (U,)
    return Vectors(
        T=len(seen.ids),
        U=len(listed),
        C=token.shape[1],
        tokens=seen.tokens,
        row=np.searchsorted(listed, ids).tolist(),
        shade=float(FULL * np.concatenate(parts).std()) if seen.ids else 1.0,
        token=token_vectors(seen.model, listed.tolist()).numpy(),
        position=parts[1] if len(parts) > 1 else None,
    )
