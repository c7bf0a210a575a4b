"""Lessons 9 and 10: what dropout does to the numbers and to the curves, and how loss falls with size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from gpt.lessons import trained
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.ladder import COMPANIONS
from gpt.lessons.lookup import named
from gpt.lessons.trained import Losses
from gpt.size import count

SIZES = tuple(rung.name for rung in COMPANIONS if rung.name.startswith("size-"))

# ---- 9: dropout


@dataclass(frozen=True)
class Dropped:
    """One row of numbers with some of them dropped."""

    before: Tensor  # (N,)
    after: Tensor  # (N,) zeros, and the rest divided by what is kept
    kept: float  # the share that was kept
    mean: float  # of `after`, about that of `before`


def drop(p: float, N: int = 10_000, seed: int = SEED) -> Dropped:
    """Drop each of N ones with probability p, and divide the rest by 1 - p so that the mean stays the same.

    Source: Srivastava et al. 2014, section 4; dividing while learning is what PyTorch does.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p is {p!r}, but it must be a number from 0 to below 1.")
    before = torch.ones(N)  # (N,)
    keep = torch.rand(N, generator=Generator().manual_seed(seed)) >= p  # (N,)
    after = before * keep / (1 - p)  # (N,)
    return Dropped(before, after, float(keep.float().mean()), float(after.mean()))


def apart() -> tuple[Losses, Losses]:
    """The curves of a model that saw too little text, without and with dropout."""
    return trained.losses("little"), trained.losses("little-dropout")


def turning_point(found: Losses) -> int:
    """The step at which the validation loss was lowest: from there on, the model learns by heart."""
    return found.steps[min(range(len(found.val)), key=lambda i: found.val[i])]


# ---- 10: size


@dataclass(frozen=True)
class Size:
    """One of the models trained alike."""

    name: str
    parameters: int
    loss: float  # nats a character over the whole last tenth


@dataclass(frozen=True)
class Line:
    """loss = at_one - per_tenfold * log10(parameters): the straight line through the sizes."""

    at_one: float
    per_tenfold: float  # how much ten times the parameters buy

    def loss(self, parameters: int) -> float:
        """What the line says for a size."""
        return self.at_one - self.per_tenfold * math.log10(parameters)


def sizes() -> list[Size]:
    """The four sizes that were trained alike, the smallest first."""
    return [Size(name, count(named(name).model or trained.load(name).config), trained.loss(name)) for name in SIZES]


def line_through(found: list[Size]) -> Line:
    """Least squares through the points (log10 parameters, loss). Raises ValueError for fewer than two sizes.

    Over some orders of magnitude, loss is close to straight in the log of the size (Kaplan et al. 2020, section 3.1,
    who put the log of the loss on the other axis).
    """
    if len({size.parameters for size in found}) < 2:
        raise ValueError(f"{len(found)} sizes do not make a line: give two different ones or more.")
    x = torch.tensor([math.log10(size.parameters) for size in found], dtype=torch.float64)  # (S,)
    y = torch.tensor([size.loss for size in found], dtype=torch.float64)  # (S,)
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum())
    return Line(float(y.mean()) - slope * float(x.mean()), -slope)
