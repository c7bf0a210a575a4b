"""Beam search: the likeliest texts that one finds who follows the few likeliest beginnings at once.

Greedy writing takes the likeliest token each time, and may end in a less likely text than one that began worse. A beam
keeps the `width` likeliest beginnings; with a width of 1 it is greedy, and as wide as there are texts it is exhaustive.
Source: Lowerre 1976 (the Harpy speech recogniser); Sutskever, Vinyals & Le 2014, section 3.2, for neural models.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gpt.batch import Batch, Continuation, Reads
from gpt.config import need_int

WIDEST, LONGEST = 512, 1_000


def search(model: Reads, ids: Sequence[int], n: int, width: int) -> tuple[Continuation, ...]:
    """The `width` likeliest continuations of n tokens that a beam finds, likeliest first (fewer, if there are fewer).

    Probabilities are the model's own (temperature 1, the whole vocabulary). All have n tokens, so none is favoured for
    being short. Equals: the likelier beginning first, then the lowest id. Raises ValueError for an empty prompt or
    ConfigError for another n or width.
    """
    need_int("n", n, 0, LONGEST)
    need_int("width", width, 1, WIDEST)
    batch, total = Batch(model, ids), torch.zeros(1, dtype=torch.float64)  # (B,) nats of each beginning
    for _ in range(n):
        each = total[:, None] + batch.logits().double().log_softmax(dim=-1)  # (B, V)
        best = likeliest(each.flatten(), width)  # (B',)
        total, V = each.flatten()[best], each.shape[1]  # (B',)
        batch.grow(best // V, best % V)
    written = batch.tokens[:, len(ids) :].tolist()
    return tuple(Continuation(tuple(row), nats) for row, nats in zip(written, total.tolist(), strict=True))


def likeliest(nats: Tensor, width: int) -> Tensor:
    """Where the `width` largest of many numbers (N,) stand, largest first, of equals the first; never -inf: (B,)."""
    possible = int((nats > -torch.inf).sum())
    least = nats.topk(min(width, possible)).values[-1]  # () the last one that has a place
    candidates = (nats >= least).nonzero()[:, 0]  # (some more than width,) equals at the border
    order = nats[candidates].argsort(descending=True, stable=True)  # (some,)
    return candidates[order][: min(width, possible)]  # (B,)
