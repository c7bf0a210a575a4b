"""On whom the slips are tried: trained models, held-out windows, and a tap that puts a line into their attention."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.checkpoint import Checkpoint
from gpt.lessons import facts, trained
from gpt.lessons.tutorials.listing import Turn
from gpt.model import GPT
from gpt.tap import Tap, untapped

# How a model is called in the pickers -> its rung; all have several heads, so that C and D differ.
MODELS = {"lesson-8": "norm", "lesson-5": "heads", "lesson-14": "gpt2", "shakespeare": "scaled"}
MODEL = Turn("model", "Model", tuple(MODELS))
WINDOWS, LONGEST = 8, 64  # of the last tenth, spread evenly; and how many tokens of each are read at most

Line = Callable[..., Tensor]  # a line of attention: what it takes is said where it stands


def loaded(turned: str) -> Checkpoint:
    """The trained model of that name: frozen, in eval mode, shared."""
    return trained.load(MODELS[turned])


@cache
def windows(T: int, count: int = WINDOWS) -> Tensor:
    """Windows of the last tenth of Shakespeare, which no model has learned from: (W, T + 1)."""
    ids = facts.ids_of(1)  # (M,)
    starts = torch.linspace(0, len(ids) - T - 1, count).long()  # (W,)
    return ids[starts[:, None] + torch.arange(T + 1)]  # (W, T + 1)


def read_by(model: GPT) -> Tensor:
    """The windows that a model is tried on, (W, T + 1)."""
    return windows(min(model.config.block_size, LONGEST))


def loss(model: GPT, ids: Tensor, tap: Tap = untapped) -> Tensor:
    """Nats a character of windows (W, T + 1), a number that a gradient may be asked of."""
    logits = model(ids[:, :-1], tap)  # (W, T, V)
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())  # ()


def loss_of(model: GPT, tap: Tap = untapped) -> float:
    """The same on the windows that it is tried on."""
    with torch.no_grad():
        return float(loss(model, read_by(model), tap))


def attending(scores: Line | None = None, pattern: Line | None = None, joined: Line | None = None) -> Tap:
    """A tap that puts lines in place of the model's own, in every layer.

    `scores(q, k)` makes the scores of q and k (B, H, T, D); `pattern(scores)` masks them and makes weights
    (B, H, T, T); `joined(z)` lays the heads' outputs (B, H, T, D) side by side: (B, T, C).
    """
    kept: dict[str, Tensor] = {}

    def tap(site: str, layer: int, x: Tensor) -> Tensor:
        kept[site] = x
        if site == "scores" and scores is not None:
            kept[site] = scores(kept["q"], kept["k"])  # (B, H, T, T)
        elif site == "pattern" and pattern is not None:
            return pattern(kept["scores"])  # (B, H, T, T)
        elif site == "z" and joined is not None:
            B, H, T, D = x.shape
            return joined(x).view(B, T, H, D).transpose(1, 2)  # (B, H, T, D), which the model lays side by side
        return kept[site]

    return tap


def seen(model: GPT, site: str, tap: Tap = untapped, T: int = 16) -> Tensor:
    """What flows at a site of the first layer while the first windows' T characters are read, (W, ...)."""
    found: list[Tensor] = []

    def keep(place: str, layer: int, x: Tensor) -> Tensor:
        x = tap(place, layer, x)
        if place == site and layer == 0:
            found.append(x)
        return x

    with torch.no_grad():
        model(read_by(model)[:, :T], keep)
    return found[0]
