"""What edits change: the prediction after one token, what each layer would say there, the stream, every head's map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.lens import NONE, likeliest, read, streams
from gpt.config import need_int
from gpt.model import GPT
from gpt.trace import Trace

BEST = 5  # likeliest tokens of each side


@dataclass(frozen=True)
class Prediction:
    """The next token after one token of the text, before and after."""

    ids: tuple[int, ...]  # (N,) the likeliest of both sides: those before in their order, then what came up after
    before: tuple[float, ...]  # (N,) their probabilities
    after: tuple[float, ...]
    best_after: int  # the token that is likeliest after
    kl: float  # bits; KL(before || after) of the whole distribution


def prediction(before: Trace, after: Trace, position: int) -> Prediction:
    """Compare what two passes over one text predict after a position. Raises ValueError for one that is not there."""
    need_int("position", position, 0, min(len(before.logits), len(after.logits)) - 1)
    p, q = (one.logits[position].double().log_softmax(-1) for one in (before, after))  # (V,) each
    best, then = (likeliest(one[None], min(BEST, len(one)))[0].tolist() for one in (p, q))
    ids = [*best, *(i for i in then if i not in best)]
    terms = torch.where(p > -math.inf, p.exp() * (p - q), 0.0)  # (V,)
    return Prediction(
        ids=tuple(ids),
        before=tuple(p[ids].exp().tolist()),
        after=tuple(q[ids].exp().tolist()),
        best_after=then[0],
        kl=max(0.0, float(terms.sum())) / math.log(2),
    )


@dataclass(frozen=True)
class Layers:
    """One token's stream at S = L + 1 boundaries."""

    best: Tensor  # (S, K) int64, what the model would say next if it stopped there (see `lens`)
    shares: Tensor  # (S, K) with which probability
    lengths: Tensor  # (S,) of the stream's vector


def layers(model: GPT, trace: Trace, ids: Sequence[int], position: int, best: int = 3) -> Layers:
    """Read the stream of one token after the embedding and after each block."""
    need_int("position", position, 0, len(trace.logits) - 1)
    stream = streams(model, trace, ids)[:, position]  # (S, C)
    with torch.no_grad():
        nothing = torch.full((len(stream),), NONE)  # (S,)
        tops, shares, _, _ = read(model.unembed_stream(stream), nothing, min(best, model.config.vocab_size))
    return Layers(tops, shares, stream.norm(dim=-1))


def shifted(before: Trace, after: Trace) -> Tensor:
    """How much of its attention each head (L, H) gives elsewhere, from 0 to 1: mean total variation of its rows."""
    return (after.pattern - before.pattern).abs().sum(-1).mean(-1) / 2  # (L, H)


def parting(one: Sequence[int], other: Sequence[int]) -> int | None:
    """The first place where two texts of tokens part, from 0; None where both are the same, as far as both go."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
