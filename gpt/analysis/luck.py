"""Luck or not: many draws of the next token beside the probabilities that they were drawn from.

Source: the chi-square statistic, Pearson 1900; cells with few expected draws are pooled, Cochran 1954.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.numerals import percent
from gpt.pipeline import bar
from gpt.sampling import generator

MOST = 1_000_000
FEW = 5.0  # expected draws of a cell, at least: with fewer the statistic is not distributed as chi-square says
HARDLY = 0.001


@dataclass(frozen=True, eq=False)
class Luck:
    """Draws counted, and how far they are from what was to be expected."""

    counts: Tensor  # (V,) int64: how often each token was drawn
    expected: Tensor  # (V,) float64: n times its probability
    pooled: int  # tokens that share one cell, since each would be drawn less than five times
    statistic: float  # chi-square: the sum of (drawn - expected)² / expected over the cells
    freedom: int  # cells less one
    p_value: float  # how likely luck alone gives a statistic at least as large

    @property
    def draws(self) -> int:
        """How many were drawn."""
        return int(self.counts.sum())


def luck(probabilities: Tensor, n: int, seed: int) -> Luck:
    """Draws n tokens by the first n draws of a seed from probabilities (V,), and compares.

    It is the draw of `gpt.sampling.choose`, n times from one distribution. Raises ValueError for a bad n.
    """
    if not 1 <= n <= MOST:
        raise ValueError(f"n is {n}, but it must be a whole number from 1 to {MOST:,}.")
    u = torch.rand(n, dtype=torch.float64, generator=generator(seed))  # (n,) the same as one by one
    drawn = torch.searchsorted(bar(probabilities), u, right=True)  # (n,) ids
    return compared(torch.bincount(drawn, minlength=len(probabilities)), probabilities)


def compared(counts: Tensor, probabilities: Tensor) -> Luck:
    """Counts (V,) of draws beside their probabilities (V,). Infinite where something impossible was drawn."""
    expected = probabilities * counts.sum()  # (V,)
    pooled = (expected < FEW) & (expected > 0)  # (V,)
    cells = torch.stack([counts.double(), expected])[:, expected >= FEW]  # (2, cells)
    rest = torch.stack([counts[pooled].sum().double(), expected[pooled].sum()])[:, None]  # (2, 1)
    if float(rest[1]) >= FEW or not cells.shape[1]:
        cells = torch.cat([cells, rest], dim=1)  # (2, cells)
    else:  # too few even together: they go to the smallest cell
        smallest = int(cells[1].argmin())
        cells[:, smallest] += rest[:, 0]  # (2,)
        pooled[(expected >= FEW).nonzero()[smallest]] |= bool(pooled.any())
    statistic = float(((cells[0] - cells[1]) ** 2 / cells[1]).sum())
    if int(counts[expected == 0].sum()):
        statistic = float("inf")
    freedom = cells.shape[1] - 1
    return Luck(counts, expected, int(pooled.sum()), statistic, freedom, p_value(statistic, freedom))


def p_value(statistic: float, freedom: int) -> float:
    """How likely chi-square of that many degrees of freedom is at least the statistic; 1 with none."""
    if not freedom:
        return 1.0 if statistic < float("inf") else 0.0
    half = torch.tensor([freedom / 2, statistic / 2], dtype=torch.float64)  # (2,)
    return float(torch.special.gammaincc(half[0], half[1]))  # ()


def verdict(found: Luck) -> str:
    """In words: whether luck explains how far the draws are from their probabilities."""
    if not found.freedom:
        return "Only one token can be drawn: there is no luck in it."
    often = f"by luck alone draws differ at least so much {in_words(found.p_value)}"
    if found.p_value < HARDLY:
        return f"Hardly luck: {often}."
    return f"{'Luck explains it' if found.p_value >= 0.05 else 'Unusual luck, but luck'}: {often}."


def in_words(p: float) -> str:
    """A p-value as how often."""
    return f"in {percent(p)} of such experiments" if p >= HARDLY else "in less than 0.1 % of such experiments"
