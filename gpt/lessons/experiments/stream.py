"""The residual stream at the places where a block leaves it, which lessons 8 and 13 compare."""

from __future__ import annotations

import torch
from torch import Tensor

from gpt.trace import Trace


def places(layers: int) -> tuple[str, ...]:
    """The names of the places, in the order in which a token passes them: 1 + 2 a layer."""
    parts = [f"{part} {layer + 1}" for layer in range(layers) for part in ("attention", "MLP")]
    return "embedding", *(f"after {part}" for part in parts)


def stream(trace: Trace) -> Tensor:
    """The stream at each of these places, (P, T, C), P = 1 + 2 L."""
    found = [trace.resid_pre[0]]  # (T, C)
    for mid, post in zip(trace.resid_mid, trace.resid_post, strict=True):  # (T, C) each
        found += [mid, post]
    return torch.stack(found)  # (P, T, C)


def spread(vectors: Tensor) -> Tensor:
    """The standard deviation of each vector's numbers: (..., C) -> (...)."""
    return vectors.std(dim=-1, correction=0)  # (...)
