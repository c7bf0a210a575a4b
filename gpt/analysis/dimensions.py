"""Which of the stream's C numbers carry the most: their share of its squared length.

A few dimensions of a trained stream are often far larger than all others, at every token and in every layer (Kovaleva
et al. 2021, "BERT Busters: Outlier Dimensions that Disrupt Transformers").
"""

from __future__ import annotations

import torch
from torch import Tensor


def carried(stream: Tensor) -> Tensor:
    """Each dimension's share of the squared length, the mean over the tokens: stream (S, T, C) -> (S, C), sums to 1."""
    squares = stream.double().square()  # (S, T, C)
    return (squares / squares.sum(dim=-1, keepdim=True).clamp_min(1e-30)).mean(dim=1)  # (S, C)


def largest(shares: Tensor, n: int) -> Tensor:
    """The n dimensions (S, n) with the largest shares (S, C), the lowest first on a tie."""
    return shares.sort(dim=-1, descending=True, stable=True).indices[:, :n]  # (S, n)


def staying(tops: Tensor) -> list[int]:
    """How many of the dimensions of each boundary's tops (S, n) are also among the next one's: S - 1 numbers."""
    return [int(torch.isin(tops[s], tops[s + 1]).sum()) for s in range(len(tops) - 1)]
