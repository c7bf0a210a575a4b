"""Lesson 5, many heads: what they cost, where each of them looks, and that side by side is a sum.

Source: Vaswani et al. 2017, section 3.2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.heads import describe, scores
from gpt.config import GPTConfig
from gpt.edits import AblateHead
from gpt.lessons.ladder import HEAD, HEADS
from gpt.lessons.passage import Passage, read
from gpt.model import GPT, CausalSelfAttention
from gpt.trace import trace


@dataclass(frozen=True)
class Heads:
    """One wide head beside many narrow ones."""

    one: int  # parameters of the attention of all layers with one head
    many: int  # and with many: the same, they are only cut otherwise
    patterns_one: int  # how many patterns of attention a token has: layers x heads
    patterns_many: int


def attention_size(config: GPTConfig) -> int:
    """How many numbers the attention of one layer learns."""
    return sum(weight.numel() for weight in CausalSelfAttention(config).parameters())


def one_and_many(one: GPTConfig = HEAD, many: GPTConfig = HEADS) -> Heads:
    """What more heads cost, and what they bring."""
    L = one.n_layer
    return Heads(L * attention_size(one), L * attention_size(many), L * one.n_head, L * many.n_head)


@dataclass(frozen=True)
class Seen:
    """What one head looks at on this text."""

    layer: int
    head: int
    phrase: str  # "62 % on the previous token"
    itself: float  # the share of its attention that a token keeps on itself
    previous: float  # and on the one before


def heads_on(pattern: Tensor, tokens: Sequence[str]) -> list[Seen]:
    """Every head's main target on a text, and how much stays where it is: pattern (L, H, T, T), tokens (T,)."""
    found = scores(pattern, tokens)  # role: (L, H)
    roles = describe(pattern, tokens)
    own, before = found["itself"].tolist(), found["previous"].tolist()
    return [
        Seen(role.layer, role.head, role.phrase, own[role.layer][role.head], before[role.layer][role.head])
        for role in roles
    ]


def without(text: str, layer: int, head: int) -> Passage:
    """The trained rung on a text with one head silent. Raises ValueError for a head that it does not have."""
    return read("heads", text, [AblateHead(layer, head)])


def concatenated(model: GPT, ids: list[int], layer: int = 0) -> float:
    """How far the heads' outputs, side by side and projected, are from what attention adds: only rounding.

    Concatenating and projecting is the same as projecting each head alone and adding up.
    """
    found, D = trace(model, ids), model.config.head_size
    weights = {name: weight.detach() for name, weight in model.named_parameters()}
    matrix = weights[f"blocks.{layer}.attn.project.weight"]  # (C, C)

    parts = [z @ matrix[:, h * D : (h + 1) * D].T for h, z in enumerate(found.z[layer])]  # H times (T, C)
    total: Tensor = torch.stack(parts).sum(dim=0)  # (T, C)
    if model.config.bias:
        total = total + weights[f"blocks.{layer}.attn.project.bias"]  # (T, C)
    return float((total - found.attn_out[layer]).abs().max())
