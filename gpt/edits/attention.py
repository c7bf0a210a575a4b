"""Single edges of the attention: cut, or given another weight."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from gpt.config import GPTConfig, need_int, need_real
from gpt.edits.places import check_place, on_head


def check_edge(config: GPTConfig, query: int, key: int, T: int) -> None:
    """Raise ValueError unless token `query` can look at token `key`, and at another one besides."""
    need_int("token that looks", query, 0, T - 1)
    need_int("token that is looked at", key, 0, T - 1)
    if config.causal and key > query:
        raise ValueError(f"Token {query + 1} cannot see token {key + 1}, which comes later: choose an earlier one.")
    if (query + 1 if config.causal else T) < 2:
        raise ValueError("The first token sees nothing but itself: that edge cannot change. Choose another.")


@dataclass(frozen=True)
class SetWeight:
    """Give one weight of a pattern another value, and share what is left among the others as they had it.

    Where the others had nothing, they share it alike: only tokens that the row can see. `head` None: at every head.
    """

    layer: int
    head: int | None
    query: int
    key: int
    weight: float
    causal: bool = True
    site: str = field(default="pattern", init=False)

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if there is no such weight, or it would not lie between 0 and 1."""
        check_place(config, self.site, self.layer, self.head)
        check_edge(config, self.query, self.key, T)
        need_real("weight", self.weight, 0.0, 1.0)
        if config.causal and not self.causal:
            raise ValueError("This model has a causal mask, and the edit is made for one without: make it anew.")

    def __call__(self, x: Tensor) -> Tensor:
        """Map a pattern (B, H, T, T) to one with this weight; its rows still sum to 1."""
        new = x.clone()  # (B, H, T, T)
        row = x[:, :, self.query].clone()  # (B, H, T)
        row[..., self.key] = 0.0
        seen = torch.ones(x.shape[-1])  # (T,)
        if self.causal:
            seen[self.query + 1 :] = 0.0
        seen[self.key] = 0.0
        left = row.sum(-1, keepdim=True)  # (B, H, 1)
        row = torch.where(left > 0, row / left.clamp_min(1e-30), seen / seen.sum())  # (B, H, T)
        new[:, :, self.query] = row * (1.0 - self.weight)
        new[:, :, self.query, self.key] = self.weight
        return on_head(x, self.head, new)


@dataclass(frozen=True)
class CutEdge(SetWeight):
    """Let a token no longer see another: its weight is 0, as a score of minus infinity would make it."""

    weight: float = field(default=0.0, init=False)
