"""The small post-norm model that the exercises run on: a few numbers in everything, the same in every visit.

Letters: **B** batch, **T** tokens, **C** width, **D** numbers a head, **V** vocabulary. Its class is the one that the
learner completes, so the truth beside a learner's numbers is what PyTorch gives for this very code.

Source: Vaswani et al. 2017, section 3 (the norm after each part, ReLU); a final norm and learned positions as in GPT-2.
"""

from __future__ import annotations

import math
from functools import cache
from typing import cast

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

B, T, C, H, D, L, V = 1, 4, 4, 2, 2, 2, 5
D_FF, CONTEXT = 6, 6  # a width of its own for the neurons; more places than tokens, as in every real prompt
SEED = 14
IDS = (3, 1, 4, 1)  # what the whole model reads


class Head(nn.Module):
    """One head of attention, with its mask."""

    future: Tensor  # (T, T)

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(C, D, bias=False)
        self.key = nn.Linear(C, D, bias=False)
        self.value = nn.Linear(C, D, bias=False)
        self.register_buffer("future", torch.ones(T, T, dtype=torch.bool).triu(1))  # (T, T)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, D)."""
        q, k, v = self.query(x), self.key(x), self.value(x)  # (B, T, D) each
        scores = q @ k.transpose(-2, -1) / D**0.5  # (B, T, T)
        scores = scores.masked_fill(self.future, -math.inf)  # (B, T, T)
        return F.softmax(scores, dim=-1) @ v  # (B, T, D)


class Block(nn.Module):
    """The heads side by side, then the neurons; the norm stands after each sum."""

    def __init__(self) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head() for _ in range(H))
        self.project = nn.Linear(C, C)
        self.norm1 = nn.LayerNorm(C)
        self.feed_forward = nn.Sequential(nn.Linear(C, D_FF), nn.ReLU(), nn.Linear(D_FF, C))
        self.norm2 = nn.LayerNorm(C)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        attended = self.project(torch.cat([head(x) for head in self.heads], dim=-1))  # (B, T, C)
        x = self.norm1(x + attended)  # (B, T, C)
        return self.norm2(x + self.feed_forward(x))  # (B, T, C)


class Whole(nn.Module):
    """From ids to logits."""

    def __init__(self) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(V, C)
        self.position_embedding = nn.Embedding(CONTEXT, C)
        self.blocks = nn.ModuleList(Block() for _ in range(L))
        self.norm = nn.LayerNorm(C)
        self.output = nn.Linear(C, V)

    def forward(self, ids: Tensor) -> Tensor:
        """Map ids (B, T) to logits (B, T, V)."""
        x = self.token_embedding(ids) + self.position_embedding(torch.arange(ids.shape[1]))  # (B, T, C)
        for block in self.blocks:
            x = block(x)  # (B, T, C)
        return self.output(self.norm(x))  # (B, T, V)


@cache
def whole() -> Whole:
    """The model, with weights large enough that every slip shows: gains and biases are drawn, too."""
    model, generator = Whole(), Generator().manual_seed(SEED)
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
