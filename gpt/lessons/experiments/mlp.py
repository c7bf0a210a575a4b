"""Lesson 6, feed-forward: the bends, and which neurons of a trained rung a text wakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from gpt.trace import Trace

RUNGS = {"ReLU": "mlp", "GELU": "mlp-gelu", "SoLU": "mlp-solu"}  # one model a bend, all trained alike


@dataclass(frozen=True)
class Neurons:
    """How busy a model's neurons are on a text, all layers and tokens together."""

    silent: float  # the share of pairs of neuron and token at which exactly 0 comes out
    half: float  # how many neurons carry half of a token's activity, on average over layers and tokens
    shared: float  # of those, the share that the token before has too, where it is another character
    width: int  # neurons in a layer


def neurons(trace: Trace, ids: Sequence[int]) -> Neurons:
    """Look at all neurons after their activation, in the trace of ids (T,). Raises ValueError without feed-forward."""
    post = trace.mlp_post  # (L, T, N)
    if not post.numel():
        raise ValueError("This model has no feed-forward part, so it has no neurons: choose a later rung.")

    size, order = post.abs().sort(dim=-1, descending=True)  # (L, T, N) each
    reached = size.cumsum(dim=-1) >= 0.5 * size.sum(dim=-1, keepdim=True)  # (L, T, N)
    half = reached.float().argmax(dim=-1) + 1  # (L, T) of the strongest, so many carry half

    needed = torch.arange(post.shape[-1]) < half[..., None]  # (L, T, N) along `order`
    busy = torch.zeros_like(needed).scatter(-1, order, needed)  # (L, T, N)
    other = torch.tensor([a != b for a, b in zip(ids, ids[1:], strict=False)], dtype=torch.bool)
    both = (busy[:, 1:] & busy[:, :-1]).sum(dim=-1)  # (L, T - 1)
    shared = (both / half[:, 1:])[:, other]  # (L, pairs of different neighbours)
    return Neurons(
        silent=float((post == 0).float().mean()),
        half=float(half.float().mean()),
        shared=float(shared.mean()) if shared.numel() else 1.0,
        width=post.shape[-1],
    )
