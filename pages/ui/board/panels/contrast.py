"""The heads of A and B: their maps over the aligned tokens, and the difference, the heads that differ most first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pages.ui.board import digits
from pages.ui.board.compared import Compared
from pages.ui.board.panel import Panel, array, sized

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast(Panel):
    """Both sides' shares; of causal models only the allowed half travels."""

    name = "contrast"
    L: int
    H: int
    T: int  # aligned tokens
    causal: bool
    tokens: Sequence[str] = sized("T")
    places: Sequence[tuple[int, int]] = sized("T")  # in A and in B
    js: Sequence[float | None]  # (L * H,) bits; None: no row of that head has a weight on these tokens
    order: Sequence[int]  # (L * H,) the heads that differ most first
    sentence: str
    a: np.ndarray = array("uint16", "L", "H", "pairs")
    b: np.ndarray = array("uint16", "L", "H", "pairs")

    @property
    def pairs(self) -> int:
        """How many weights a head has."""
        return self.T * (self.T + 1) // 2 if self.causal else self.T**2


def panel(here: Compared) -> Contrast:
    """The heads that both models have; none without a token."""
    if here.found is None:
        none = np.zeros((0, 0, 0), np.uint16)
        return Contrast(
            L=0,
            H=0,
            T=0,
            causal=True,
            tokens=(),
            places=(),
            js=(),
            order=(),
            sentence="Type a character: a map of every head grows here, in A and in B.",
            a=none,
            b=none,
        )
    found, causal = here.found.heads, here.a.config.causal and here.b.config.causal
    (L, H), T = found.js.shape, len(found.pairs)
    return Contrast(
        L=L,
        H=H,
        T=T,
        causal=causal,
        tokens=[here.a.tokens[i] for i, _ in found.pairs],
        places=found.pairs,
        js=[None if math.isnan(x) else round(x, 4) for x in found.js.flatten().tolist()],
        order=[layer * H + head for layer, head in found.order()],
        sentence=sentence(here, L, T),
        a=packed(found.a, causal),
        b=packed(found.b, causal),
    )


def sentence(here: Compared, L: int, T: int) -> str:
    """What the maps show."""
    if not L:
        return "One of the two has no blocks, so there are no heads to compare."
    if not T:
        return "The two texts have no token in common, so no rows can be compared."
    found = here.found
    every = len(found.pairs) if found else T
    which = "the tokens that both have" if T == every else f"the last {T} of the {every} tokens that both have"
    return (
        f"Blue: B gives less than A; red: more. Each row is renormalised over {which}. "
        "Numbers are the mean Jensen-Shannon divergence of the rows, in bits."
    )


def packed(maps: Tensor, causal: bool) -> np.ndarray:
    """Maps (L, H, T, T) as the browser takes them, (L, H, pairs)."""
    shares, T = maps.numpy(), maps.shape[-1]
    flat = shares[..., *np.tril_indices(T)] if causal else shares.reshape(*shares.shape[:2], T * T)
    return digits.shares(flat)
