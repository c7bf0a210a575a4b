"""Position vectors that no training makes: sinusoids, the bare index, and its share of the context."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def sinusoids(T: int, C: int) -> Tensor:
    """Fixed position vectors (T, C): sine and cosine waves of falling pitch (Vaswani et al. 2017, section 3.5)."""
    position = torch.arange(T).unsqueeze(1)  # (T, 1)
    pitch = torch.exp(torch.arange(0, C, 2) * (-math.log(10_000.0) / C))  # (ceil(C/2),)
    waves = torch.zeros(T, C)  # (T, C)
    waves[:, 0::2] = torch.sin(position * pitch)  # (T, ceil(C/2))
    waves[:, 1::2] = torch.cos(position * pitch[: C // 2])  # (T, floor(C/2))
    return waves


def computed_positions(kind: str, T: int, C: int) -> Tensor:
    """Position vectors (T, C) of a kind: "sinusoidal", "index" in every number, or "index_scaled", the index / T."""
    if kind == "sinusoidal":
        return sinusoids(T, C)  # (T, C)
    index = torch.arange(T, dtype=torch.float32).unsqueeze(1).repeat(1, C)  # (T, C)
    return index if kind == "index" else index / T  # (T, C)
