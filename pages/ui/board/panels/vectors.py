"""Token + position = input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.ui.board.of_model import OfModel
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

SMALL = 128  # tokens of an alphabet that is sent as a whole; of a larger one, those of the prompt
FULL = 3  # standard deviations that get the full colour


_table = OfModel(lambda model: model.token_embedding.weight.detach().numpy())  # (V, C) the very same at every key


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
    table, V, ids = _table(seen.model), seen.config.vocab_size, np.array(seen.ids, np.int64)  # (V, C), (T,)
    listed = None if V <= SMALL else np.unique(ids)  # (U,) of a small alphabet all
    token, position = (
        table if listed is None else table[listed],
        seen.model.positions(len(ids)),
    )  # (U, C), (T, C) or None
    parts = [table[ids], *(() if position is None else (position.detach().numpy(),))]  # (T, C) each
    return Vectors(
        T=len(seen.ids),
        U=len(token),
        C=table.shape[1],
        tokens=seen.tokens,
        row=list(seen.ids) if listed is None else np.searchsorted(listed, ids).tolist(),
        shade=float(FULL * np.concatenate(parts).std()) if seen.ids else 1.0,
        token=token,
        position=parts[1] if len(parts) > 1 else None,
    )
