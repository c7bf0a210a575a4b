"""Activation patching: which vector of prompt B brings B's answer into prompt A.

How much comes over is measured by the difference of two logits, B's answer minus A's: 0 where it is as in A, 1 as in B.
Sources: Meng et al. 2022, section 2.1; Heimersheim & Nanda 2024, "How to use and interpret activation patching".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from gpt.analysis.branching import predictions
from gpt.config import need_int, need_one_of
from gpt.edits import PatchRow, PatchSite, patch_from, row_from
from gpt.model import GPT
from gpt.tap import MLP_SITES
from gpt.trace import Trace, trace

SITES = ("resid_pre", "attn_out", "mlp_out")  # the stream, and what the two parts of a block write into it
HEADS = "z"  # what a head hands on
NEAR = 0.01  # nats: between nearer answers, a share would be the rounding's


class SameAnswer(ValueError):
    """Both prompts are asked for one and the same answer: nothing of the one's can come over into the other."""


class Place(NamedTuple):
    """Where A gets what B has: one token's vector, one head's at all tokens, or one head's at one token."""

    site: str
    layer: int
    head: int | None
    token: int | None


@dataclass(frozen=True, eq=False)
class Pair:
    """Two prompts of one length under one model, and two answers after one token. See `pair`."""

    model: GPT
    ids: tuple[int, ...]  # (T,) of A, which is patched
    a: Trace
    b: Trace  # what it is patched with
    first: int  # the first token at which the two can differ inside the model
    position: int  # the token after which one asks
    answers: tuple[int, int]  # A's and B's
    baselines: tuple[float, float]  # nats; B's answer over A's, in A and in B

    def share(self, patched: Tensor) -> Tensor:
        """How much of B's answer has come over, from the difference of the two logits."""
        a, b = self.baselines
        return (patched - a) / (b - a)

    def edit(self, place: Place) -> PatchSite | PatchRow:
        """The edit that brings B's vector there."""
        site, layer, head, token = place
        if token is None:
            return patch_from(self.b, site, layer, head)
        return row_from(self.b, site, layer, token, head=head)

    def measured(self, places: Sequence[Place]) -> Tensor:
        """The difference of the two logits with each place patched by itself: (N,), in nats."""
        stacks = [(self.edit(place),) for place in places]
        for edit in (edit for stack in stacks for edit in stack):
            edit.check(self.model.config, len(self.ids))
        found = torch.full((len(stacks),), self.baselines[0], dtype=torch.float64)  # (N,)
        for rows, logits in predictions(self.model, self.a, stacks, self.position):
            found[list(rows)] = difference(logits, self.answers)
        return found

    def tokens(self, most: int | None = None) -> range:
        """The tokens at which a patch can change anything, the last `most` of them: before them A has what B has."""
        last = self.position if self.model.config.causal else len(self.ids) - 1
        return range(self.first if most is None else max(self.first, last + 1 - most), last + 1)

    def by_token(self, site: str, most: int | None = None) -> list[Place]:
        """One vector at a time: every layer of a site, and each of its `tokens`, layer by layer."""
        need_one_of("site", site, SITES)
        if site in MLP_SITES and not self.model.config.feed_forward:
            raise ValueError("This model has no MLPs: patch its stream or what attention writes.")
        layers = range(self.model.config.n_layer)
        return [Place(site, layer, None, token) for layer in layers for token in self.tokens(most)]

    def by_head(self, token: int | None = None) -> list[Place]:
        """What one head hands on at a time, at every token or at one: L x H, layer by layer."""
        config = self.model.config
        return [Place(HEADS, layer, head, token) for layer in range(config.n_layer) for head in range(config.n_head)]


def pair(
    model: GPT,
    ids: Sequence[int],
    other: Sequence[int],
    position: int | None = None,
    answers: tuple[int, int] | None = None,
    traces: tuple[Trace, Trace] | None = None,
) -> Pair:
    """A and B, the likeliest answers of either after `position` (the last token) if none are named.

    Raises ValueError, in a sentence, for a model without blocks, prompts of different or no length or without a
    difference, a token or position that is not there, and answers between which the two prompts do not differ.
    """
    if not model.config.n_layer:
        raise ValueError("This model has no blocks: there is nothing to patch. Choose one with blocks.")
    if len(other) != len(ids):
        count = f"{len(other)} token{'' if len(other) == 1 else 's'}"
        raise ValueError(f"The other prompt has {count} and this one {len(ids)}: make them equally long.")
    if tuple(ids) == tuple(other):
        raise ValueError("Both prompts are the same: change a token of one of them.")
    a, b = traces or (trace(model, ids), trace(model, other))
    position = len(ids) - 1 if position is None else position
    need_int("position", position, 0, len(ids) - 1)
    first = next(t for t, (one, two) in enumerate(zip(ids, other, strict=True)) if one != two)
    if not model.config.causal:
        first = 0
    if first > position:
        raise ValueError(
            f"Up to token {position + 1} both prompts are the same, and no later one can be seen from there: "
            "look from a later token."
        )
    answers = answers or (int(a.logits[position].argmax()), int(b.logits[position].argmax()))
    for answer in answers:
        need_int("answer", answer, 0, model.config.vocab_size - 1)
    if answers[0] == answers[1]:
        raise SameAnswer("Both answers are the same token: choose two different ones.")
    low, high = (float(difference(one.logits[position], answers)) for one in (a, b))
    if abs(high - low) < NEAR:
        raise ValueError("Both prompts weigh these two answers alike: choose others.")
    return Pair(model, tuple(ids), a, b, first, position, answers, (low, high))


def difference(logits: Tensor, answers: tuple[int, int]) -> Tensor:
    """B's answer minus A's, from logits (..., V): (...)."""
    a, b = answers
    return logits[..., b].double() - logits[..., a].double()
