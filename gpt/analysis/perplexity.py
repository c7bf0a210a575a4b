"""How hard the model found the prompt itself: the loss of each of its tokens, given those before."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

LARGEST = 700.0  # nats whose exp is still a number


def surprise(logits: Tensor, ids: Sequence[int]) -> Tensor:
    """Cross-entropy in nats of tokens 2..T: logits (T, V), ids (T,) -> (T - 1,)."""
    return F.cross_entropy(logits[:-1].float(), torch.tensor(list(ids[1:]), dtype=torch.int64), reduction="none")


def choices_per_token(logits: Tensor, ids: Sequence[int]) -> float:
    """Perplexity: among how many equally likely tokens the model wavered, on average (exp of the mean surprise)."""
    return math.exp(min(float(surprise(logits, ids).mean()), LARGEST))


def in_words(logits: Tensor, ids: Sequence[int]) -> str:
    """The perplexity of a text of two tokens or more in words; beyond the vocabulary it is worse than guessing."""
    choices, V = choices_per_token(logits, ids), logits.shape[-1]
    if choices > V * 1.0001:  # an even guess is V, but for rounding
        return f"Guessing blindly among all {V} tokens would do better: this text surprises the model again and again."
    return f"So far it was, on average, a guess among {choices:.2f} equal options."
