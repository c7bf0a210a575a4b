"""Dropout: zeros at random places, the rest divided by what is kept, so that the mean over draws stays the number.

Source: Srivastava et al. 2014, section 4; dividing while learning is what PyTorch does ("inverted" dropout).
"""

from __future__ import annotations

import torch
from torch import Generator, Tensor


def mask(shape: tuple[int, ...], p: float, seed: int) -> Tensor:
    """Zeros at a share p of the places, 1 / (1 - p) at the others, drawn by a generator of its own.

    Raises ValueError for a p that drops everything, or is none.
    """
    if not 0 <= p < 1:
        raise ValueError(f"p is {p!r}, but it must be a number from 0 to below 1.")
    return (torch.rand(shape, generator=Generator().manual_seed(seed)) >= p) / (1 - p)  # shape


def draws(vector: Tensor, p: float, seed: int, n: int) -> Tensor:
    """So many draws of what is left of a vector (C,), with the seeds from `seed` on: (n, C)."""
    return torch.stack([vector * mask(tuple(vector.shape), p, seed + i) for i in range(n)])  # (n, C)
