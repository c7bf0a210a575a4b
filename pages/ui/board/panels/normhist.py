"""How the numbers lie on their way through one norm: before, levelled, and behind gain and bias."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pages.ui.board.norms_seen.view import View, waiting
from pages.ui.board.panel import Panel, array
from pages.ui.state.reading import Reading

BINS = 41  # an odd number: one of them has 0 in its middle
STAGES = ("before", "levelled", "× gain")


@dataclass(frozen=True, kw_only=True, eq=False)
class NormHist(Panel):
    """Counts of all numbers of all tokens; each stage's bins run from -most to most."""

    name = "normhist"
    N: int = len(STAGES)
    bins: int = BINS
    sentence: str
    stages: Sequence[str]
    most: Sequence[float]  # (N,)
    mean: Sequence[float]  # (N,)
    spread: Sequence[float]  # (N,)
    counts: np.ndarray | None = array("float32", "N", "bins")


def panel(seen: Reading, view: View | None) -> NormHist:
    """Three histograms of the chosen norm over the whole prompt."""
    if view is None:
        return NormHist(sentence=waiting(seen), stages=(), most=(), mean=(), spread=(), counts=None)
    before, after = view.every.before[view.index], view.every.after[view.index]  # (T, C) each
    away = before - before.mean(dim=-1, keepdim=True)  # (T, C)
    levelled = away / away.square().mean(dim=-1, keepdim=True).add(1e-5).sqrt()  # (T, C)
    parts = [part.flatten().numpy() for part in (before, levelled, after)]
    most = [float(np.abs(part).max()) for part in parts]
    counts = [np.histogram(part, BINS, (-top, top))[0] for part, top in zip(parts, most, strict=True)]
    biased = " + bias" if view.every.bias is not None else ""
    return NormHist(
        sentence=f"All {parts[0].size:,} numbers of the prompt's {len(seen.ids)} tokens, {view.name}. Each token is "
        "levelled alone; the gain then stretches each dimension by its own factor. Beside each name: the spread.",
        stages=[*STAGES[:-1], STAGES[-1] + biased],
        most=most,
        mean=[float(part.mean()) for part in parts],
        spread=[float(part.std()) for part in parts],
        counts=np.array(counts, np.float32),
    )
