"""Many variants of one prompt in one pass: the batch dimension carries them, each row with edits of its own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.branching import Stack, predictions
from gpt.config import need_int
from gpt.model import GPT
from gpt.tap import Edit
from gpt.trace import Trace, checked, trace

ROWS = 48  # variants of one pass at most
NUMBERS = 2**24  # logits of one pass at most: a large vocabulary takes fewer rows at a time
LN2 = math.log(2.0)


class Variants:
    """A tap that makes the b-th stack of edits in the b-th row of the batch, and leaves all other rows as they are."""

    def __init__(self, stacks: Sequence[Stack]) -> None:
        self.at: dict[tuple[str, int], list[tuple[int, Edit]]] = {}
        for row, stack in enumerate(stacks):
            for edit in stack:
                self.at.setdefault((edit.site, edit.layer), []).append((row, edit))

    def __call__(self, site: str, layer: int, x: Tensor) -> Tensor:
        """Map x (B, ...) to x with every row's own edits."""
        found = self.at.get((site, layer))
        if not found:
            return x
        x = x.clone()  # (B, ...)
        for row, edit in found:
            x[row : row + 1] = edit(x[row : row + 1])
        return x


def passes(model: GPT, ids: Tensor | Sequence[int], stacks: Sequence[Stack]) -> Iterator[Tensor]:
    """The logits of every variant, (B, T, V) of some at a time, in their order; equal to single passes to 1e-5.

    Raises ValueError, before the first pass, for ids that the model cannot read and an edit that cannot be made.
    """
    ids = checked(model, ids)  # (T,)
    for stack in stacks:
        for edit in stack:
            edit.check(model.config, len(ids))
    return batches(model, ids, stacks)


def batches(model: GPT, ids: Tensor, stacks: Sequence[Stack]) -> Iterator[Tensor]:
    """The same of what is checked already."""
    rows = max(1, min(ROWS, NUMBERS // (len(ids) * model.config.vocab_size)))
    for first in range(0, len(stacks), rows):
        some = stacks[first : first + rows]
        with torch.no_grad():
            yield model(ids.expand(len(some), -1), Variants(some))  # (B, T, V)


@dataclass(frozen=True)
class Effects:
    """What each of N variants changes of one prediction, beside what it was without any."""

    logit: Tensor  # (N,) change of the token's logit, in nats
    share: Tensor  # (N,) change of its probability
    kl: Tensor  # (N,) bits; KL(before || after) of the whole distribution
    best: Tensor  # (N,) the token that is likeliest then
    before_logit: float
    before_share: float


def effects(
    model: GPT,
    ids: Tensor | Sequence[int],
    stacks: Sequence[Stack],
    position: int,
    token: int | None = None,
    common: Stack = (),
    base: Trace | None = None,
) -> Effects:
    """What every stack of edits changes of the prediction at a position, for one token (the likeliest, if none).

    The edits in `common` are made in all of them, before; what is changed is told against the pass with those alone,
    `base`, if it is there already. Variants share what is the same in all of them (`branching`).
    Raises ValueError as `passes`, and for a position or token that is not there.
    """
    ids = checked(model, ids)  # (T,)
    for edit in (*common, *(edit for stack in stacks for edit in stack)):
        edit.check(model.config, len(ids))
    need_int("position", position, 0, len(ids) - 1)
    base = trace(model, ids, common) if base is None else base
    before = base.logits[position].double()  # (V,)
    token = int(before.argmax()) if token is None else token
    need_int("token", token, 0, len(before) - 1)
    p = before.log_softmax(-1)  # (V,)
    found = torch.zeros(3, len(stacks), dtype=torch.float64)  # logit, share, kl
    best = torch.full((len(stacks),), int(before.argmax()))  # (N,)
    for places, logits in predictions(model, base, stacks, position, common):
        rows, after = list(places), logits.double()  # (B, V)
        q = after.log_softmax(-1)  # (B, V)
        kl = (p.exp() * (p - q)).sum(-1).clamp_min(0.0) / LN2  # (B,)
        found[:, rows] = torch.stack([after[:, token] - before[token], q[:, token].exp() - p[token].exp(), kl])
        best[rows] = after.argmax(-1)
    return Effects(*found, best=best, before_logit=float(before[token]), before_share=float(p[token].exp()))
