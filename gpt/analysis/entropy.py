"""How spread a distribution is, in bits: of attention weights, of the next token (Shannon 1948, section 6)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gpt.pipeline import Row, as_row


def bits(rows: Tensor) -> Tensor:
    """The entropy of each row of shares (..., N), in bits (...): 0 when all is on one, log2 N when all are alike.

    H = -sum p log2 p, with 0 log 0 = 0.
    """
    return torch.special.entr(rows).sum(dim=-1) / math.log(2)  # (...)


def of(probabilities: Row) -> float:
    """How undecided a model is about its next token, in bits; probabilities (V,).

    Raises ValueError unless they sum to 1 and none is below 0.
    """
    row = as_row("probabilities", probabilities)  # (V,)
    if not bool((row >= 0).all()) or abs(float(row.sum()) - 1) > 1e-3:
        raise ValueError("The probabilities do not sum to 1, but they must, and each must be 0 or more.")
    return max(0.0, float(bits(row)))


def effective_choices(probabilities: Row) -> float:
    """How many equally likely tokens would be as undecided: 2**entropy, the perplexity; probabilities (V,)."""
    return 2.0 ** of(probabilities)
