"""Every norm of the model at once: each token's mean and spread before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gpt.analysis.layer_norms import places
from pages.ui.board.norms_seen.view import View, label, waiting
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

NO_NORMS = np.zeros((0, 4, 0), np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class EveryNorm(Panel):
    """Four maps, norms by tokens. It tells the norm that one clicks, and which of its numbers, as `choice`."""

    name = "everynorm"
    T: int
    M: int
    kinds: int = 4
    tokens: Sequence[str] = sized("T")
    labels: Sequence[str] = sized("M")
    names: Sequence[str] = sized("M")
    words: Sequence[str] = sized("M")  # as `choice` has them
    at: int  # the norm that is shown
    sentence: str
    waits: bool = False  # for a prompt: its room stays
    stats: np.ndarray = array("float32", "M", "kinds", "T")  # mean, spread before; mean, spread after


def panel(seen: Reading, view: View | None) -> EveryNorm:
    """All norms; the browser draws them."""
    if view is None:
        stats, T = NO_NORMS, 0
        waits = bool(places(seen.config))
        return EveryNorm(
            T=T, M=0, tokens=(), labels=(), names=(), words=(), at=0, sentence=waiting(seen), waits=waits, stats=stats
        )  # fmt: skip
    found = view.every.places
    return EveryNorm(
        T=len(seen.ids),
        M=len(found),
        tokens=seen.tokens,
        labels=[label(place) for place in found],
        names=view.names,
        words=[place.word for place in found],
        at=view.index,
        sentence=sentence(view),
        stats=view.every.stats.numpy(),
    )


def sentence(view: View) -> str:
    """How far the spreads lie apart on both sides."""
    before, after = view.every.stats[:, 1], view.every.stats[:, 3]  # (M, T) each
    low, high = (int(i) for i in (before.amin(-1).argmin(), before.amax(-1).argmax()))
    return (
        f"Spreads run from {float(before.min()):.2f} ({view.names[low]}) to {float(before.max()):.2f} "
        f"({view.names[high]}) in the stream, and from {float(after.min()):.2f} to {float(after.max()):.2f} behind "
        "a norm and its gain. Click a number: it is worked out below."
    )
