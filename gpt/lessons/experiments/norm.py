"""Lesson 8, layer norm: the smallest example, and how far tokens differ on both sides of a trained rung's norms."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.analysis.norms import norms
from gpt.lessons.experiments.stream import spread
from gpt.model import GPT
from gpt.trace import Trace


@dataclass(frozen=True)
class Levelled:
    """The 3 x 3 example, before and after."""

    before: Tensor  # (3, 3)
    after: Tensor  # (3, 3): each row has mean 0 and variance 1
    columns: Tensor  # (3, 3): what levelling the columns would give, as batch norm does
    scaled: Tensor  # (3, 3): of the rows times ten: the same, since only the shape of a row is left


def three_by_three() -> Levelled:
    """Three tokens of width 3: a layer norm looks at one token alone, at its row (Ba et al. 2016, section 3.1)."""
    before = torch.arange(1.0, 10.0).view(3, 3)  # (3, 3)
    level = (3,)
    after, scaled = F.layer_norm(before, level), F.layer_norm(10 * before, level)  # (3, 3), (3, 3)
    return Levelled(before, after, F.layer_norm(before.T, level).T, scaled)


@dataclass(frozen=True)
class Spreads:
    """The tokens' spreads (standard deviations) on both sides of one norm."""

    place: str  # "before attention 1"
    before: Tensor  # (T,) of the stream
    after: Tensor  # (T,) of the copy that the part reads

    @property
    def apart(self) -> tuple[float, float]:
        """How many times the loudest token's spread is the quietest's, before and after."""
        return float(self.before.max() / self.before.min()), float(self.after.max() / self.after.min())


def spreads(model: GPT, trace: Trace) -> list[Spreads]:
    """Every norm of a pre-norm rung on a text, in the order in which a token passes them, the final one last.

    Raises ValueError for a model without norms before its parts.
    """
    if model.config.norm != "pre":
        raise ValueError("This model levels nothing before its parts: choose a pre-norm one.")

    stats = norms(model, trace).stats  # (L, N, 4, T) mean before, spread before, mean after, spread after
    names = ("before attention", "before MLP")
    found = [
        Spreads(f"{names[n]} {layer + 1}", stats[layer, n, 1], stats[layer, n, 3])
        for layer in range(stats.shape[0])
        for n in range(stats.shape[1])
    ]
    last = trace.resid_post[-1]  # (T, C)
    with torch.no_grad():
        levelled = model.norm_final(last)  # (T, C)
    return [*found, Spreads("before the output table", spread(last), spread(levelled))]
