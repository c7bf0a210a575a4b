"""Every head's map without and with the edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.numerals import percent
from pages.ui.board import digits
from pages.ui.board.edited import Sides
from pages.ui.board.panel import Panel, array, sized

MOST = 300_000  # weights of a side that travel at once: 36 heads of 128 tokens


@dataclass(frozen=True, kw_only=True, eq=False)
class BeforeAfter(Panel):
    """Weights of both sides in 16 bits; of causal models only the allowed half travels."""

    name = "beforeafter"
    sentence: str
    L: int
    H: int
    T: int  # tokens whose maps travel: the last ones
    A: int  # layers after: none where nothing is edited
    start: int
    causal: bool
    tokens: Sequence[str] = sized("T")
    before: np.ndarray = array("uint16", "L", "H", "pairs")
    after: np.ndarray = array("uint16", "A", "H", "pairs")

    @property
    def pairs(self) -> int:
        """How many weights a head has."""
        return self.T * (self.T + 1) // 2 if self.causal else self.T**2


def panel(found: Sides) -> BeforeAfter:
    """Both sides' maps; of very many weights those of the last tokens."""
    config, seen = found.seen.config, found.seen
    causal = config.causal and seen.checkpoint.config.causal
    heads = config.n_layer * config.n_head
    T = min(len(seen.ids), max(8, int((MOST * (2 if causal else 1) / max(heads, 1)) ** 0.5)))
    before = flat(found.before.pattern.numpy(), T, causal)
    return BeforeAfter(
        sentence=sentence(found, T),
        L=config.n_layer,
        H=config.n_head,
        T=T,
        A=config.n_layer if found.changed else 0,
        start=len(seen.ids) - T,
        causal=causal,
        tokens=seen.tokens[len(seen.ids) - T :],
        before=before,
        after=flat(found.after.pattern.numpy(), T, causal) if found.changed else before[:0],
    )


def flat(pattern: np.ndarray, T: int, causal: bool) -> np.ndarray:
    """The last T tokens' weights (L, H, T, T) as 65,535ths, (L, H, pairs)."""
    last = pattern[..., -T:, -T:]
    return digits.shares(last[..., *np.tril_indices(T)] if causal else last.reshape(*last.shape[:2], T * T))


def sentence(found: Sides, T: int) -> str:
    """The head that changed most."""
    from gpt.analysis.before_after import shifted

    last = f" The last {T} tokens are shown." if T < len(found.seen.ids) else ""
    if not found.changed:
        return f"No edit is made: both sides are the model as it was trained.{last}"
    moved = shifted(found.before, found.after)  # (L, H)
    most = int(moved.argmax())
    share, H = float(moved.flatten()[most]), moved.shape[1]
    if share < 5e-4:
        return f"No head looks elsewhere than before.{last}"
    name = f"{most // H + 1}.{most % H + 1}"
    return (
        f"Head {name} changed most: {percent(share, 1)} of its attention goes elsewhere, in the mean of all rows.{last}"
    )
