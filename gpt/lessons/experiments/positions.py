"""Lesson 11, positions: what a model without them cannot tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from gpt.lessons import trained
from gpt.lessons.experiments.numbers import SEED
from gpt.model import GPT
from gpt.weights import with_config


@dataclass(frozen=True)
class Shuffle:
    """One prompt with all but its last token in another order."""

    ids: tuple[int, ...]  # (T,) as it was
    shuffled: tuple[int, ...]  # (T,)
    before: Tensor  # (V,) the next token's probabilities
    after: Tensor  # (V,)

    @property
    def moved(self) -> float:
        """The share of probability that moved, 0 to 1 (the total variation distance)."""
        return float((self.after - self.before).abs().sum()) / 2

    def likeliest(self, k: int = 6) -> list[int]:
        """The k tokens that are likeliest in either order, the likeliest first."""
        return torch.maximum(self.before, self.after).topk(k).indices.tolist()


@torch.no_grad()
def next_row(model: GPT, ids: Sequence[int]) -> Tensor:
    """The next token's probabilities (V,) after ids (T,)."""
    return model(torch.tensor([list(ids)]))[0, -1].softmax(dim=-1)  # (V,)


def shuffle(model: GPT, ids: Sequence[int], seed: int = SEED) -> Shuffle:
    """Put all tokens but the last in another order and ask again.

    One layer without positions sees a bag of tokens, and nothing changes. From the second layer on the mask tells
    order: the third token has seen three, the fourth four (Haviv et al. 2022).
    """
    tokens = list(ids)[-model.config.block_size :]
    if len(tokens) < 3:
        raise ValueError(f"{len(tokens)} tokens cannot be put in another order before the last: give three or more.")
    order = torch.randperm(len(tokens) - 1, generator=Generator().manual_seed(seed)).tolist()
    shuffled = [*(tokens[i] for i in order), tokens[-1]]
    return Shuffle(tuple(tokens), tuple(shuffled), next_row(model, tokens), next_row(model, shuffled))


def one_layer(model: GPT) -> GPT:
    """The same model cut after its first layer, with its own output table.

    Raises ValueError when there is none to cut after.
    """
    if not model.config.n_layer:
        raise ValueError("A model without layers cannot be cut after its first: choose a later rung.")
    return with_config(model, n_layer=1)


def three_ways(text: str, number: int = 1) -> dict[str, Shuffle]:
    """The same shuffle for the rung without positions, cut after its first layer and whole, and for one with them.

    The first shuffle is that of `SEED`. Raises ValueError for a text of fewer than three known characters.
    """
    without, with_them = trained.load("positions"), trained.load("norm")
    ids = trained.known_ids(without, text)
    models = {
        "no positions, one layer": one_layer(without.model),
        "no positions, two layers": without.model,
        "with positions": with_them.model,
    }
    return {label: shuffle(model, ids, SEED + number - 1) for label, model in models.items()}
