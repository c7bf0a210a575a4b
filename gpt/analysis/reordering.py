"""Put the tokens before the last one in another order: what of the last one's output notices it?

Attention is a weighted sum over a set. Without positions, the first layer's last output cannot depend on the order;
from the second layer on the causal mask tells it (Haviv et al. 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator

from gpt.model import GPT
from gpt.trace import Trace, trace
from gpt.weights import with_config

LEAST = 3  # tokens that have another order with the last one kept


@dataclass(frozen=True)
class Reordered:
    """One prompt in another order, and how far the last token's output moved, block by block."""

    order: tuple[int, ...]  # (T,) the place that each token had
    trained: tuple[float, ...]  # (L,) largest change of a number after each block, the model as it is
    without: tuple[float, ...]  # (L,) the same without position vectors
    size: float  # the largest number of the last token after the first block, to compare with


def order_of(T: int, seed: int) -> tuple[int, ...]:
    """An order of T tokens that keeps the last in its place; never the one they have. Raises ValueError below 3."""
    if T < LEAST:
        raise ValueError(f"{T} tokens have no other order with the last one kept: give {LEAST} or more.")
    generator = Generator().manual_seed(seed)
    while True:
        first = torch.randperm(T - 1, generator=generator).tolist()
        if first != list(range(T - 1)):
            return (*first, T - 1)


def reordered(model: GPT, ids: Sequence[int], seed: int, seen: Trace | None = None) -> Reordered:
    """Read ids (T,) in their order and in another one, with and without positions; `seen` is the model's own pass.

    Raises ValueError for fewer than three tokens, and for what `trace` raises it.
    """
    order = order_of(len(ids), seed)
    moved = [ids[i] for i in order]
    seen = trace(model, ids) if seen is None else seen
    bare = model if model.config.position == "none" else with_config(model, position="none")
    plain = seen if bare is model else trace(bare, ids)
    both = [(seen, trace(model, moved)), (plain, trace(bare, moved))]
    changes = [(one.resid_post[:, -1] - other.resid_post[:, -1]).abs().amax(dim=-1).tolist() for one, other in both]
    size = float(seen.resid_post[0, -1].abs().max()) if len(seen.resid_post) else 0.0
    return Reordered(order, tuple(changes[0]), tuple(changes[1]), size)
