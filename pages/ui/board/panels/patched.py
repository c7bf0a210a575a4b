"""How much of B's answer comes over with each patch, as cells that a click keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pages.ui.board.panel import array
from pages.ui.board.panels.matrix import Matrix


@dataclass(frozen=True, kw_only=True, eq=False)
class Patched(Matrix):
    """A matrix of shares with what they are worked out from. It tells `edits` and `other` as `choice`."""

    name = "patched"
    patched: np.ndarray = array("float32", "N")  # the difference of the two logits, in nats; NaN: not measured yet
    a: float  # that difference in the prompt that is patched
    b: float  # and in the one it is patched from
    turned: bool  # whether that one is A, and B is patched
    site: str  # that is patched; "z": a column is a head, else a token
    first: int  # the number of the token of the first column
    at: str  # the token at which heads are patched, "all" or its number
    edits: str  # the stack, in the link's words
    other: str  # the prompt that patches are taken from
    kept: str  # why no patch can be kept
