"""Many variants of one prompt in one pass: the batch dimension carries them, each row with edits of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.config import need_int
from gpt.model import GPT
from gpt.tap import Edit
from gpt.trace import checked

ROWS = 48  # variants of one pass at most
NUMBERS = 2**24  # logits of one pass at most: a large vocabulary takes fewer rows at a time

Stack = Sequence[Edit]  # edits that are made together, in their order


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
    model: GPT, ids: Tensor | Sequence[int], stacks: Sequence[Stack], position: int, token: int | None = None
) -> Effects:
    """What every stack of edits changes of the prediction at a position, for one token (the likeliest, if none).

    Raises ValueError as `passes`, and for a position or token that is not there.
    """
    need_int("position", position, 0, len(ids) - 1)
    plain, *rest = (row for logits in passes(model, ids, [(), *stacks]) for row in logits[:, position].double())
    after = torch.stack(rest) if rest else plain.new_zeros(0, len(plain))  # (N, V)
    token = int(plain.argmax()) if token is None else token
    need_int("token", token, 0, len(plain) - 1)
    p, q = plain.log_softmax(-1), after.log_softmax(-1)  # (V,), (N, V)
    kl = (p.exp() * (p - q)).sum(-1) / torch.log(torch.tensor(2.0, dtype=torch.float64))  # (N,)
    return Effects(
        logit=after[:, token] - plain[token],
        share=q[:, token].exp() - p[token].exp(),
        kl=kl.clamp_min(0.0),
        best=after.argmax(-1),
        before_logit=float(plain[token]),
        before_share=float(p[token].exp()),
    )
