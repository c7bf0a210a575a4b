"""Lesson 9, dropout: what it does to numbers and to curves, and to two trained models that saw too little text.

Source: Srivastava et al. 2014, section 4; dividing while learning is what PyTorch does.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from gpt.analysis.dropout import mask
from gpt.config import GPTConfig
from gpt.edits import check_place
from gpt.lessons import trained
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.passage import Passage, read
from gpt.lessons.trained import Losses


@dataclass(frozen=True)
class Dropped:
    """One row of numbers with some of them dropped."""

    before: Tensor  # (N,)
    after: Tensor  # (N,) zeros, and the rest divided by what is kept
    kept: float  # the share that was kept
    mean: float  # of `after`, about that of `before`


def drop(p: float, N: int = 10_000, seed: int = SEED) -> Dropped:
    """Drop each of N ones with probability p, and divide the rest by 1 - p so that the mean stays the same."""
    before = torch.ones(N)  # (N,)
    after = before * mask((N,), p, seed)  # (N,)
    return Dropped(before, after, float((after > 0).float().mean()), float(after.mean()))


def apart() -> tuple[Losses, Losses]:
    """The curves of a model that saw too little text, without and with dropout."""
    return trained.losses("little"), trained.losses("little-dropout")


def turning_point(found: Losses) -> int:
    """The step at which the validation loss was lowest: from there on, the model learns by heart."""
    return found.steps[min(range(len(found.val)), key=lambda i: found.val[i])]


# ---- dropping in a model that has learned


@dataclass(frozen=True)
class DropPart:
    """Drop a share of what a part adds to the stream, as while learning, always the same places for a seed."""

    layer: int
    p: float
    seed: int
    site: str = field(default="attn_out")

    def check(self, config: GPTConfig, T: int) -> None:
        """Raise ValueError if the model has no such part."""
        check_place(config, self.site, self.layer, None)

    def __call__(self, x: Tensor) -> Tensor:
        """Map what is added (B, T, C) to what is left of it."""
        return x * mask(tuple(x.shape), self.p, self.seed)  # (B, T, C)


def drop_parts(layers: int, p: float, seed: int = SEED) -> list[DropPart]:
    """A share p dropped of what every part adds, each with dice of its own; nothing at p = 0."""
    sites = [(site, layer) for layer in range(layers) for site in ("attn_out", "mlp_out")] if p else []
    return [DropPart(layer, p, seed + i, site) for i, (site, layer) in enumerate(sites)]


def dropping(rung: str, text: str, p: float, seed: int = SEED) -> Passage:
    """A trained rung on a text while a share p of what its parts add is dropped; p = 0 is the rung as it is used."""
    return read(rung, text, drop_parts(trained.load(rung).config.n_layer, p, seed))


def mean_loss(rung: str, text: str, p: float, draws: int = 8) -> float | None:
    """Nats a character of a text, the mean over so many draws of what is dropped; None for a single character."""
    found = [dropping(rung, text, p, SEED + 100 * draw).loss for draw in range(draws if p else 1)]
    known = [loss for loss in found if loss is not None]
    return sum(known) / len(known) if known else None
