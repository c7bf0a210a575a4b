"""Lesson 3, the mean of the past: three ways to the same numbers, what each costs, and a trained model that does it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.config import GPTConfig
from gpt.edits import check_place
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.passage import Passage, read


def lecture_x() -> Tensor:
    """The lecture's example: 4 texts of 8 tokens, 2 numbers each, (B, T, C)."""
    return torch.randn(4, 8, 2, generator=Generator().manual_seed(SEED))  # (B, T, C)


def timing_x() -> Tensor:
    """Enough to time: 32 texts of 64 tokens, 8 numbers each, (B, T, C)."""
    return torch.randn(32, 64, 8, generator=Generator().manual_seed(SEED))  # (B, T, C)


def by_loops(x: Tensor) -> Tensor:
    """Text by text and token by token: x (B, T, C) -> the mean of the tokens so far (B, T, C)."""
    mean = torch.zeros_like(x)  # (B, T, C)
    for b in range(x.shape[0]):
        for t in range(x.shape[1]):
            mean[b, t] = x[b, : t + 1].mean(dim=0)  # (C,)
    return mean


def by_matrix(x: Tensor) -> Tensor:
    """One product with a matrix whose row t holds 1/t, t times: (B, T, C) -> (B, T, C)."""
    return weights(x.shape[1]) @ x  # (B, T, C)


def weights(T: int) -> Tensor:
    """The matrix of that: ones on and below the diagonal, each row divided by its sum, (T, T)."""
    ones = torch.ones(T, T).tril()  # (T, T)
    return ones / ones.sum(dim=1, keepdim=True)  # (T, T)


def by_softmax(x: Tensor) -> Tensor:
    """The same matrix as a softmax of zeros in which the future is masked: (B, T, C) -> (B, T, C).

    This is attention already: put scores in place of the zeros, and each token chooses whom it listens to.
    """
    T = x.shape[1]
    scores = torch.zeros(T, T)  # (T, T)
    future = torch.ones(T, T).triu(1).bool()  # (T, T)
    return F.softmax(scores.masked_fill(future, -math.inf), dim=-1) @ x  # (B, T, C)


WAYS: dict[str, Callable[[Tensor], Tensor]] = {
    "two loops": by_loops,
    "one matrix": by_matrix,
    "softmax of masked zeros": by_softmax,
}


@dataclass(frozen=True)
class Way:
    """One way to the mean of the past."""

    name: str
    mean: Tensor  # (B, T, C)
    milliseconds: float  # the quickest of a few runs
    furthest: float  # the largest difference from the first way


def ways(x: Tensor, runs: int = 5) -> list[Way]:
    """All three on x (B, T, C), timed side by side: in turns, so that whatever else runs slows all of them."""
    if x.dim() != 3 or not x.numel():
        raise ValueError(f"x has shape {tuple(x.shape)}, but it must be (B, T, C) with at least one number.")
    took: dict[str, list[float]] = {name: [] for name in WAYS}
    means: dict[str, Tensor] = {}
    for _ in range(max(1, runs)):
        for name, way in WAYS.items():
            began = time.perf_counter()
            means[name] = way(x)  # (B, T, C)
            took[name].append(1000 * (time.perf_counter() - began))
    first = means["two loops"]  # (B, T, C)
    return [Way(name, mean, min(took[name]), float((mean - first).abs().max())) for name, mean in means.items()]


@cache
def times_faster() -> float:
    """How many times as long two loops take as one matrix, for 32 texts of 64 tokens: timed once, then the same."""
    loops, matrix, _ = ways(timing_x(), runs=3)
    return loops.milliseconds / matrix.milliseconds


# ---- the trained model, with something else in place of the zeros


@dataclass(frozen=True)
class FavourItself:
    """Add a number to every token's score for itself: at 0 the mean of the past, far above it the token alone."""

    layer: int
    by: float
    site: str = field(default="scores", init=False)

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if the model has no such layer."""
        check_place(config, self.site, self.layer, None)

    def __call__(self, x: Tensor) -> Tensor:
        """Map scores (B, H, T, T) to scores with a raised diagonal."""
        return x + self.by * torch.eye(x.shape[-1])  # (B, H, T, T)


def favouring(text: str, by: float) -> Passage:
    """The trained rung on a text, each token favouring itself by so much in both layers."""
    return read("mean", text, [FavourItself(layer, by) for layer in (0, 1)])
