"""The model that the exercises run on: the notebook's class with a few numbers in everything, the same in every visit.

The learner completes this very class, so the truth beside a learner's numbers is what PyTorch gives for it.
"""

from __future__ import annotations

from functools import cache
from typing import cast

import torch
from torch import Generator, Tensor

from gpt.lessons.postnorm import Block, Head, PostNormGPT, Sizes, fresh

B, T = 1, 4
# A width of its own for the neurons, and more places than tokens, as in nearly every prompt.
SIZES = Sizes(V=5, context=6, C=4, H=2, L=2, d_ff=6, dropout=0.0)
SEED = 14
IDS = (3, 1, 4, 1)  # what the whole model reads


@cache
def whole() -> PostNormGPT:
    """The model, with weights large enough that every slip shows: gains and biases are drawn, too."""
    model, generator = fresh(SIZES), Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            gain = "norm" in name and name.endswith("weight")
            weight.normal_(1.0 if gain else 0.0, 0.4 if weight.dim() == 1 else 0.8, generator=generator)
    return model.requires_grad_(False).eval()


def block() -> Block:
    """Its first block."""
    return cast("Block", whole().blocks[0])


def head() -> Head:
    """The first head of that."""
    return cast("Head", block().heads[0])


def ids() -> Tensor:
    """What the whole model reads: (B, T)."""
    return torch.tensor([IDS])  # (B, T)


@cache
def stream() -> Tensor:
    """What the first block reads: (B, T, C)."""
    model = whole()
    return model.token_embedding(ids()) + model.position_embedding(torch.arange(T))  # (B, T, C)
