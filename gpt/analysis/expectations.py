"""Every position of a text: what the model expected there, what came, and how surprised it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

MOST = 4_000_000  # logits that are looked at; of a longer text the last positions


@dataclass(frozen=True, eq=False)
class Expectations:
    """N positions of a text, the first of which is token `start` (counted from 0; token 0 is expected by nothing)."""

    start: int
    bits: np.ndarray  # (N,) float64: the loss of each token in bits, log2 of one over its probability
    ranks: np.ndarray  # (N,) int32: 1 if it was the likeliest
    best: np.ndarray  # (N, K) int32: the ids that were likeliest there
    shares: np.ndarray  # (N, K) float64: their probabilities

    @property
    def perplexity(self) -> np.ndarray:
        """(N,) 2 to the mean loss up to each token: among how many equal options it was a guess so far."""
        return 2 ** (self.bits.cumsum() / np.arange(1, len(self.bits) + 1))  # (N,)


def expectations(logits: Tensor, ids: Sequence[int], most: int = 5) -> Expectations:
    """What logits (T, V) expected of ids (T,), at every position that has one before it, at temperature 1."""
    T, V = logits.shape
    start = max(1, T - max(1, MOST // V))
    nats = logits[start - 1 : T - 1].double().log_softmax(dim=1)  # (N, V)
    came = torch.tensor(list(ids[start:]), dtype=torch.int64)[:, None]  # (N, 1)
    own = nats.gather(1, came)  # (N, 1)
    before = torch.arange(V) < came  # (N, V)
    ranks = 1 + ((nats > own) | ((nats == own) & before)).sum(dim=1)  # (N,)
    best = nats.topk(min(most, V), dim=1)  # (N, K)
    bits = -own[:, 0] / np.log(2.0)  # (N,)
    return Expectations(
        start,
        bits.numpy(),
        ranks.numpy().astype(np.int32),
        best.indices.numpy().astype(np.int32),
        best.values.exp().numpy(),
    )
