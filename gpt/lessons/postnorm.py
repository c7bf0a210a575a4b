"""The class that the notebook prints, in plain PyTorch: post-norm, ReLU, biases, dropout, a final norm, its own d_ff.

It is built by hand, without the engine, to be compared with it: `gpt.model.GPT` with the right config has as many
numbers, and gives the same ones. The exercises complete its forwards, on a model of very few numbers.

Letters: **B** batch, **T** tokens, **C** width, **H** heads, **D** = C / H, **L** layers, **V** vocabulary.
Source: Vaswani et al. 2017, section 3 (the norm after each part, ReLU); learned positions and the final norm: GPT-2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Sizes:
    """How large everything is."""

    V: int = 65
    context: int = 32
    C: int = 64
    H: int = 4
    L: int = 4
    d_ff: int = 256
    dropout: float = 0.1

    @property
    def D(self) -> int:  # noqa: N802 - the letter of the shapes
        """Numbers a head."""
        return self.C // self.H


class Head(nn.Module):
    """One head of attention, with its mask; no biases in its three tables."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.query = nn.Linear(sizes.C, sizes.D, bias=False)
        self.key = nn.Linear(sizes.C, sizes.D, bias=False)
        self.value = nn.Linear(sizes.C, sizes.D, bias=False)
        self.dropout = nn.Dropout(sizes.dropout)

    def future(self, scores: Tensor) -> Tensor:
        """True where a score (B, T, T) is of a later token: (T, T)."""
        return torch.ones_like(scores[0], dtype=torch.bool).triu(1)  # (T, T)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, D)."""
        q, k, v = self.query(x), self.key(x), self.value(x)  # (B, T, D) each
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5  # (B, T, T)
        scores = scores.masked_fill(self.future(scores), -math.inf)  # (B, T, T)
        return self.dropout(F.softmax(scores, dim=-1)) @ v  # (B, T, D)


class Block(nn.Module):
    """The heads side by side, then the neurons; the norm stands after each sum."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head(sizes) for _ in range(sizes.H))
        self.project = nn.Linear(sizes.C, sizes.C)
        self.norm1 = nn.LayerNorm(sizes.C)
        self.feed_forward = nn.Sequential(nn.Linear(sizes.C, sizes.d_ff), nn.ReLU(), nn.Linear(sizes.d_ff, sizes.C))
        self.norm2 = nn.LayerNorm(sizes.C)
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Map (B, T, C) to (B, T, C)."""
        attended = self.project(torch.cat([head(x) for head in self.heads], dim=-1))  # (B, T, C)
        x = self.norm1(x + self.dropout(attended))  # (B, T, C)
        return self.norm2(x + self.dropout(self.feed_forward(x)))  # (B, T, C)


class PostNormGPT(nn.Module):
    """From ids to logits."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(sizes.V, sizes.C)
        self.position_embedding = nn.Embedding(sizes.context, sizes.C)
        self.dropout = nn.Dropout(sizes.dropout)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.L))
        self.norm = nn.LayerNorm(sizes.C)
        self.output = nn.Linear(sizes.C, sizes.V)

    def forward(self, ids: Tensor) -> Tensor:
        """Map ids (B, T) to logits (B, T, V)."""
        x = self.token_embedding(ids) + self.position_embedding(torch.arange(ids.shape[1]))  # (B, T, C)
        x = self.dropout(x)  # (B, T, C)
        for block in self.blocks:
            x = block(x)  # (B, T, C)
        return self.output(self.norm(x))  # (B, T, V)


def fresh(sizes: Sizes) -> PostNormGPT:
    """The class with whatever PyTorch begins with. It draws that of torch's shared dice, which are given back."""
    with torch.random.fork_rng(devices=[]):
        return PostNormGPT(sizes)
