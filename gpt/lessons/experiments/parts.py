"""Lessons 6 to 8: what the parts of a block do - activations, the way of the gradient, and layer norm."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.config import ACTIVATIONS, GPTConfig
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.ladder import MLP, NORM
from gpt.model import ACTIVATION, GPT
from gpt.trace import trace

# ---- 6: activations


@dataclass(frozen=True)
class Curve:
    """An activation drawn as a curve: what it makes of each number, the others being 0 (which SoLU looks at)."""

    name: str
    x: Tensor  # (N,)
    y: Tensor  # (N,)


def activation_curves(reach: float = 4.0, points: int = 161) -> list[Curve]:
    """All activations over -reach..reach. SoLU lets neurons compete: here x competes with three neurons at 0."""
    x = torch.linspace(-reach, reach, points)  # (N,)
    others = torch.zeros(points, 3)  # (N, 3)
    together = torch.cat([x[:, None], others], dim=1)  # (N, 4)
    return [Curve(name, x, ACTIVATION[name](together)[:, 0]) for name in ACTIVATIONS]


@dataclass(frozen=True)
class Neurons:
    """How busy a model's neurons are on a text."""

    silent: float  # the share of neurons and tokens at which nothing comes out (exactly 0)
    strongest: float  # the mean share of a token's activity that its strongest neuron has


def neurons(model: GPT, ids: list[int]) -> Neurons:
    """Look at all neurons after their activation, on ids (T,). Raises ValueError without feed-forward."""
    post = trace(model, ids).mlp_post  # (L, T, 4C)
    if not post.numel():
        raise ValueError("This model has no feed-forward part, so it has no neurons: choose a later rung.")
    size = post.abs()  # (L, T, 4C)
    strongest = size.amax(dim=-1) / size.sum(dim=-1).clamp_min(1e-12)  # (L, T)
    return Neurons(float((post == 0).float().mean()), float(strongest.mean()))


# ---- 7: the gradient, layer by layer


@dataclass(frozen=True)
class Gradients:
    """How strongly the loss asks for another stream, before each layer."""

    residual: bool
    lengths: tuple[float, ...]  # (L,) of the gradient on the stream that enters each layer, over all tokens

    @property
    def arrives(self) -> float:
        """The first layer's share of the last layer's: near 1 is a free road, near 0 a blocked one."""
        return self.lengths[0] / self.lengths[-1]


def gradients(residual: bool, n_layer: int = 8, seed: int = SEED) -> Gradients:
    """The gradient in a fresh deep model on random tokens: only the `x +` differs.

    A sum hands the gradient on unchanged to both of its parts; without it, every layer multiplies it by its weights.
    """
    return Gradients(residual, asked(dataclasses.replace(MLP, n_layer=n_layer, residual=residual), seed)[0])


def asked(config: GPTConfig, seed: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A fresh model on a batch of random tokens: by layer, the gradient's length on the stream and the stream's own.

    (L,) lengths of the gradient on the stream into each layer, and (L,) mean lengths of a token's vector there.
    """
    generator = Generator().manual_seed(seed)
    model = GPT(config, generator, std=0.05)
    ids = torch.randint(config.vocab_size, (8, config.block_size + 1), generator=generator)  # (B, T + 1)
    streams: list[Tensor] = []

    def keep(site: str, layer: int, x: Tensor) -> Tensor:
        if site == "resid_pre":
            x.retain_grad()
            streams.append(x)  # (B, T, C)
        return x

    logits = model(ids[:, :-1], keep)  # (B, T, V)
    F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten()).backward()
    gradient = [float(x.grad.norm()) if x.grad is not None else 0.0 for x in streams]
    return tuple(gradient), tuple(float(x.detach().norm(dim=-1).mean()) for x in streams)


# ---- 8: layer norm


@dataclass(frozen=True)
class Levelled:
    """The 3 x 3 example, before and after."""

    before: Tensor  # (3, 3)
    after: Tensor  # (3, 3): each row has mean 0 and variance 1
    columns: Tensor  # (3, 3): what levelling the columns would give, as batch norm does
    scaled: Tensor  # (3, 3): of the rows times ten: the same, since only the shape of a row is left


def three_by_three() -> Levelled:
    """Three tokens of width 3: a layer norm looks at one token alone, at its row (Ba et al. 2016, section 3.1)."""
    before = torch.arange(1.0, 10.0).view(3, 3)  # (3, 3)
    level = (3,)
    after, scaled = F.layer_norm(before, level), F.layer_norm(10 * before, level)  # (3, 3), (3, 3)
    return Levelled(before, after, F.layer_norm(before.T, level).T, scaled)


@dataclass(frozen=True)
class Placement:
    """Where the norm stands, and how the stream and the gradient on it change with depth in a fresh model."""

    norm: str  # pre, post or none
    gradient: tuple[float, ...]  # (L,) its length on the stream into each layer
    stream: tuple[float, ...]  # (L,) the mean length of a token's vector there


def placements(n_layer: int = 8, seed: int = SEED) -> list[Placement]:
    """A fresh deep model with no norm, pre-norm and post-norm: how the stream grows, and where the gradient goes.

    Post-norm levels the stream itself after each part; pre-norm levels only the copy that a part reads, and the
    stream stays a free road (Xiong et al. 2020, section 3).
    """
    norms = ("none", "pre", "post")
    return [Placement(norm, *asked(dataclasses.replace(NORM, n_layer=n_layer, norm=norm), seed)) for norm in norms]
