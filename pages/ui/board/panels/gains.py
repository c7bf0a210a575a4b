"""What the norms have learned: the gain of every dimension, and which dimensions stand out, from norm to norm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gpt.analysis.layer_norms import FAR, standing_out
from pages.ui.board.norms_seen.view import View, label, waiting
from pages.ui.board.panel import Panel, array, sized
from pages.ui.state.reading import Reading

if TYPE_CHECKING:
    from torch import Tensor

MOST = 6  # dimensions of each kind that are listed


@dataclass(frozen=True, kw_only=True, eq=False)
class Gains(Panel):
    """The gains, norms by dimensions, and the biases of a model that has them. It tells a clicked one as `choice`."""

    name = "gains"
    M: int
    C: int
    labels: Sequence[str] = sized("M")
    words: Sequence[str] = sized("M")
    at: int
    dimension: int  # the one that is worked out, from 0
    sentence: str
    found: Sequence[tuple[str, Sequence[tuple[int, str]]]]  # what stands out: title, (dimension from 0, in words)
    gain: np.ndarray = array("float32", "M", "C")
    bias: np.ndarray | None = array("float32", "M", "C")  # None: a model without biases


def panel(seen: Reading, view: View | None) -> Gains:
    """Gains and biases; what stands out in the stream follows the prompt."""
    if view is None:
        return Gains(
            M=0, C=0, labels=(), words=(), at=0, dimension=0, sentence=waiting(seen), found=(),
            gain=np.zeros((0, 0), np.float32), bias=None,
        )  # fmt: skip
    every = view.every
    loud = every.before.abs().mean(dim=1)  # (M, C) how large each number is, the mean over the tokens
    labels = [label(place) for place in every.places]
    gains = listed(standing_out(every.gain), every.gain, labels)
    stream = listed(standing_out(loud), loud, labels)
    chosen = every.gain[view.index]  # (C,)
    return Gains(
        M=len(labels),
        C=every.gain.shape[1],
        labels=labels,
        words=[place.word for place in every.places],
        at=view.index,
        dimension=view.number[1],
        sentence=f"The gains of {view.name} run from {float(chosen.min()):.2f} to {float(chosen.max()):.2f}, "
        f"mean {float(chosen.mean()):.2f}. Each row a norm, each column a dimension.",
        found=(
            (f"Gains further than {FAR:.0f} standard deviations from their norm's mean", gains),
            (f"Numbers of the stream whose size on this prompt lies as far out, of {len(labels)} norms", stream),
        ),
        gain=every.gain.numpy(),
        bias=None if every.bias is None else every.bias.numpy(),
    )


def listed(out: Tensor, values: Tensor, labels: Sequence[str]) -> list[tuple[int, str]]:
    """Dimensions that stand out (M, C), those of most norms first: where, and how large they are there."""
    pairs = out.nonzero().tolist()
    many = Counter(c for _, c in pairs)
    order = sorted(many, key=lambda c: (-many[c], c))[:MOST]
    found = []
    for c in order:
        rows = [m for m, d in pairs if d == c]
        where = ", ".join(f"{labels[m]}: {float(values[m, c]):.2f}" for m in rows[:3])
        more = f", and {len(rows) - 3} more" if len(rows) > 3 else ""
        found.append((c, f"in {len(rows)} norm{'s' * (len(rows) != 1)} ({where}{more})"))
    return found
