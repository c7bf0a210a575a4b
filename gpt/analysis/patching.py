"""Activation patching: which vector of prompt B brings B's answer into prompt A.

How much comes over is measured by the difference of two logits, B's answer minus A's: 0 where it is as in A, 1 as in B.
Sources: Meng et al. 2022, section 2.1; Heimersheim & Nanda 2024, "How to use and interpret activation patching".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.variants import Stack, passes
from gpt.config import need_int, need_one_of
from gpt.edits import patch_from, row_from
from gpt.edits.places import ROW_SITES
from gpt.model import GPT
from gpt.tap import MLP_SITES
from gpt.trace import Trace, trace

NEAR = 1e-6  # nats: two prompts whose answers differ by less tell nothing


@dataclass(frozen=True)
class Patched:
    """How much of B's answer comes over, for every place that was patched; both baselines beside it."""

    share: Tensor  # (L, T) or (L, H): (patched - a) / (b - a)
    patched: Tensor  # the same places: the difference of the two logits, in nats
    a: float  # that difference in A as it is
    b: float  # and in B


def difference(logits: Tensor, answers: tuple[int, int]) -> Tensor:
    """B's answer minus A's, from logits (..., V): (...)."""
    a, b = answers
    return logits[..., b].double() - logits[..., a].double()


def measure(
    model: GPT, ids: Sequence[int], stacks: Sequence[Stack], other: Trace, position: int, answers: tuple[int, int]
) -> Patched:
    """The share of B's answer that each stack of edits brings into A. Raises ValueError where A and B answer alike."""
    for answer in answers:
        need_int("answer", answer, 0, model.config.vocab_size - 1)
    need_int("position", position, 0, len(ids) - 1)
    rows = torch.cat([difference(one[:, position], answers) for one in passes(model, ids, [(), *stacks])])  # (1 + N,)
    a, b = float(rows[0]), float(difference(other.logits[position], answers))
    if abs(b - a) < NEAR:
        raise ValueError("Both prompts lead to the same logits for these two answers: choose others.")
    return Patched((rows[1:] - a) / (b - a), rows[1:], a, b)


def check_pair(model: GPT, ids: Sequence[int], other: Trace) -> None:
    """Raise ValueError unless the model has blocks and both prompts are equally long."""
    if not model.config.n_layer:
        raise ValueError("This model has no blocks: there is nothing to patch. Choose one with blocks.")
    if (count := len(other.logits)) != len(ids):
        raise ValueError(f"The other prompt has {count} tokens and this one {len(ids)}: make them equally long.")


def by_position(
    model: GPT, ids: Sequence[int], other: Trace, site: str, position: int, answers: tuple[int, int]
) -> Patched:
    """Patch one vector at a time: every layer and token of a site, (L, T). Tokens behind `position` cannot matter."""
    check_pair(model, ids, other)
    need_one_of("site", site, ROW_SITES)
    if site in MLP_SITES and not model.config.feed_forward:
        raise ValueError("This model has no MLPs: patch its stream or what attention writes.")
    places = [(layer, t) for layer in range(model.config.n_layer) for t in range(len(ids))]
    found = measure(model, ids, [(row_from(other, site, layer, t),) for layer, t in places], other, position, answers)
    return shaped(found, model.config.n_layer)


def by_head(model: GPT, ids: Sequence[int], other: Trace, position: int, answers: tuple[int, int]) -> Patched:
    """Patch what one head hands on, z at every token: (L, H)."""
    check_pair(model, ids, other)
    places = [(layer, head) for layer in range(model.config.n_layer) for head in range(model.config.n_head)]
    stacks = [(patch_from(other, "z", layer, head),) for layer, head in places]
    return shaped(measure(model, ids, stacks, other, position, answers), model.config.n_layer)


def shaped(found: Patched, layers: int) -> Patched:
    """The same with one row a layer."""
    return Patched(found.share.view(layers, -1), found.patched.view(layers, -1), found.a, found.b)


def answers_of(model: GPT, ids: Sequence[int], other: Sequence[int], position: int) -> tuple[int, int]:
    """What each of the two prompts is answered with there: the likeliest token of either."""
    a, b = (int(trace(model, one).logits[position].argmax()) for one in (ids, other))
    return a, b
