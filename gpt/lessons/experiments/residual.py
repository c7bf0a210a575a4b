"""Lesson 7, residual connections: a logit is the sum of what all parts add, and the gradient has a way around."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.analysis.gradients import stream_gradients
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.ladder import MLP
from gpt.model import GPT
from gpt.trace import Trace

# ---- the stream is a sum


def parts_of(layers: int) -> tuple[str, ...]:
    """The names of all that is added to the stream: 1 + 2 a layer."""
    parts = [f"{part} {layer + 1}" for layer in range(layers) for part in ("attention", "MLP")]
    return "the token itself", *parts


@dataclass(frozen=True)
class Contributions:
    """What each part adds to the logit of the character that really comes next, from place to place of a text."""

    parts: tuple[str, ...]  # (P,)
    added: Tensor  # (P, T - 1) each part's share of that logit, the mean of all logits taken away
    logit: Tensor  # (T - 1,) the model's own, likewise

    @property
    def furthest(self) -> float:
        """How far the sum of the parts is from the model's logit at most: only rounding."""
        return float((self.added.sum(dim=0) - self.logit).abs().max())


def contributions(model: GPT, trace: Trace, ids: Sequence[int], without: str = "") -> Contributions:
    """Take the logits of the true next characters of ids (T,) apart; `without` names a part that is left out.

    Exact for a model that adds everything to one stream and reads it without a norm. Raises ValueError for another,
    for a text of one character, and for a part that is not there.
    """
    config = model.config
    if not config.residual or config.norm != "none" or config.head != "untied":
        raise ValueError("Only a model with residual connections and without norms is a plain sum of its parts.")
    if len(ids) < 2:
        raise ValueError("One character alone has none that comes next: type two or more.")

    names = parts_of(config.n_layer)
    if without and without not in names:
        raise ValueError(f"part is {without!r}, but it must be one of {', '.join(names)}.")

    written = [trace.resid_pre[0]]  # (T, C) the token and its place
    for attention, mlp in zip(trace.attn_out, trace.mlp_out, strict=True):  # (T, C) each
        written += [attention, mlp]
    table = model.unembed.weight.detach()  # (V, C)
    direction = table[list(ids[1:])] - table.mean(dim=0)  # (T - 1, C) of each true next character
    added = torch.stack([(part[:-1] * direction).sum(dim=-1) for part in written])  # (P, T - 1)
    if without:
        added[names.index(without)] = 0.0

    logits = trace.logits[:-1]  # (T - 1, V)
    true = logits.gather(-1, torch.tensor(list(ids[1:]))[:, None])[:, 0]  # (T - 1,)
    return Contributions(names, added, true - logits.mean(dim=-1))


def loss_without(model: GPT, trace: Trace, ids: Sequence[int], part: str) -> float:
    """Nats a character of ids (T,) when what one part added is taken out of the last stream; the others stay.

    Raises ValueError as `contributions` does.
    """
    contributions(model, trace, ids, part)  # says what cannot be
    kind, _, number = part.rpartition(" ")
    site = {"attention": trace.attn_out, "MLP": trace.mlp_out}.get(kind)
    removed = trace.resid_pre[0] if site is None else site[int(number) - 1]  # (T, C)
    with torch.no_grad():
        logits = model.unembed_stream(trace.resid_post[-1] - removed)  # (T, V)
    return float(F.cross_entropy(logits[:-1], torch.tensor(list(ids[1:]))))


# ---- the gradient, layer by layer


@dataclass(frozen=True)
class Gradients:
    """How strongly the loss asks for another stream, before each layer of a fresh model."""

    residual: bool
    norms: tuple[float, ...]  # (L,) of the gradient on the stream that enters each layer, over all tokens

    @property
    def arrives(self) -> float:
        """The first layer's share of the last layer's: near 1 is a free road, near 0 a blocked one."""
        return self.norms[0] / self.norms[-1]


def gradients(residual: bool, n_layer: int = 8, std: float = 0.05, seed: int = SEED) -> Gradients:
    """The gradient in a fresh deep model on random tokens: only the `x +` differs. `std` is the weights' spread.

    A sum hands the gradient on unchanged to both of its parts; without it, every layer multiplies it by its weights.
    """
    generator = torch.Generator().manual_seed(seed)
    config = dataclasses.replace(MLP, n_layer=n_layer, residual=residual)
    model = GPT(config, generator, std=std)
    ids = torch.randint(config.vocab_size, (8, config.block_size + 1), generator=generator)  # (B, T + 1)
    return Gradients(residual, tuple(float(one.norm()) for one in stream_gradients(model, ids)[:-1]))
