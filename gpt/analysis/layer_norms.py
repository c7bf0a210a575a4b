"""All layer norms of a model at once: what flows into each, and what each makes of it (Ba et al. 2016, section 3.1).

A pre-norm model has two a block and a final one, 2L + 1 in all; a post-norm one seldom one at the end. M in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gpt.analysis.norms import stream_before
from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.trace import Trace

NORM_OF = {"attn": "norm1", "mlp": "norm2"}
READS = {"attn": "seen.resid_pre", "mlp": "seen.resid_mid"}  # what flows into a part of a pre-norm block
WRITES = {"attn": "seen.attn_out", "mlp": "seen.mlp_out"}
TITLE = {"attn": "attention", "mlp": "MLP"}


@dataclass(frozen=True)
class Place:
    """Where one norm stands: at a part of a block, counted from 0, or, "final", behind the last one."""

    part: str
    layer: int

    @property
    def word(self) -> str:
        """As a link has it: "attn.1", "mlp.6", "final"; blocks count from 1."""
        return self.part if self.part == "final" else f"{self.part}.{self.layer + 1}"

    @property
    def path(self) -> str:
        """The module, from the model on: "blocks[0].norm1"."""
        return "norm_final" if self.part == "final" else f"blocks[{self.layer}].{NORM_OF[self.part]}"


def places(config: GPTConfig) -> tuple[Place, ...]:
    """Every norm of such a model, in the order in which a token passes them; none in a model without norms."""
    if config.norm == "none" or config.n_layer == 0:
        return ()
    parts = ("attn", "mlp") if config.feed_forward else ("attn",)
    found = [Place(part, layer) for layer in range(config.n_layer) for part in parts]
    return (*found, Place("final", config.n_layer)) if config.has_final_norm else tuple(found)


def name(config: GPTConfig, place: Place) -> str:
    """What a norm is called on a page: "before attention 1", "after MLP 2", "the final norm"."""
    if place.part == "final":
        return "the final norm"
    return f"{'after' if config.norm == 'post' else 'before'} {TITLE[place.part]} {place.layer + 1}"


def module(model: GPT, place: Place) -> nn.LayerNorm:
    """The norm itself. Raises ValueError for one that is not there."""
    if place not in places(model.config):
        there = ", ".join(one.word for one in places(model.config)) or "none"
        raise ValueError(f"There is no norm {place.word!r} in this model; there are {there}.")
    found = model.norm_final if place.part == "final" else getattr(model.blocks[place.layer], NORM_OF[place.part])
    if not isinstance(found, nn.LayerNorm):
        raise ValueError(f"The norm {place.word!r} of this model is switched off.")
    return found


def bias_of(norm: nn.LayerNorm) -> Tensor | None:
    """What a norm adds at the end, (C,); None in a model without biases."""
    bias = cast("Tensor | None", norm.bias)  # (C,)
    return None if bias is None else bias.detach()  # (C,)


def source(config: GPTConfig, place: Place) -> str:
    """What flows into a norm, (T, C), as an expression of PyTorch with a trace `seen`."""
    if place.part == "final":
        return "seen.resid_post[-1]"
    stream, written = (f"{table[place.part]}[{place.layer}]" for table in (READS, WRITES))
    if config.norm == "pre":
        return stream
    return f"({stream} + {written})" if config.residual else written


def inputs(model: GPT, trace: Trace) -> Tensor:
    """What flows into every norm, (M, T, C), in the order of `places`."""
    config = model.config
    if not places(config):
        return trace.logits.new_empty(0, len(trace.logits), config.n_embd)  # (0, T, C)
    parts = ("attn", "mlp") if config.feed_forward else ("attn",)
    before = torch.stack([stream_before(model, trace, part) for part in parts], dim=1).flatten(0, 1)  # (2L, T, C)
    return torch.cat([before, trace.resid_post[-1:]]) if config.has_final_norm else before  # (M, T, C)


@dataclass(frozen=True)
class Every:
    """All norms on one prompt. The spread is the standard deviation."""

    places: tuple[Place, ...]  # (M,)
    before: Tensor  # (M, T, C) what flows in
    after: Tensor  # (M, T, C) what flows out
    stats: Tensor  # (M, 4, T) mean before, spread before, mean after, spread after
    gain: Tensor  # (M, C)
    bias: Tensor | None  # (M, C), or None: a model without biases


def every(model: GPT, trace: Trace) -> Every:
    """Apply every norm to what flowed into it in `trace`, a pass of `model`; nothing is estimated."""
    found, before = places(model.config), inputs(model, trace)  # (M, T, C)
    C = before.shape[-1]
    norms = [module(model, place) for place in found]
    gain = torch.stack([norm.weight.detach() for norm in norms]) if norms else before.new_empty(0, C)  # (M, C)
    after = F.layer_norm(before, (C,)) * gain[:, None]  # (M, T, C)
    bias = None
    if model.config.bias and norms:
        bias = torch.stack([norm.bias.detach() for norm in norms])  # (M, C)
        after = after + bias[:, None]  # (M, T, C)
    spreads = [(m := x.mean(-1), (x - m[..., None]).square().mean(-1).sqrt()) for x in (before, after)]  # (M, T)
    stats = torch.stack([one for pair in spreads for one in pair], dim=1)  # (M, 4, T)
    return Every(found, before, after, stats, gain, bias)


# ---- which dimensions stand out


FAR = 3.0  # standard deviations from the mean of a norm's gains, or of its inputs' mean sizes


def standing_out(values: Tensor, far: float = FAR) -> Tensor:
    """Which of each row's numbers (M, C) lie further than `far` standard deviations from the row's mean, (M, C)."""
    away = values - values.mean(dim=-1, keepdim=True)  # (M, C)
    return away.abs() > far * away.square().mean(dim=-1, keepdim=True).sqrt()  # (M, C)


# ---- what a norm can never pass on


@dataclass(frozen=True)
class Blind:
    """One change of a token's vector, and what the norm makes of it: the largest move of any number, in and out."""

    what: str
    moved: float
    seen: float


def blind(norm: nn.LayerNorm, x: Tensor) -> tuple[Blind, ...]:
    """What one norm does to another mean, another length, and another shape of x (C,), in double precision.

    The mean is taken away and the length divided out, so neither can be told from what comes out; only eps, which is
    added to the variance, leaves a trace of the length.
    """
    x = x.double()  # (C,)
    weight = norm.weight.detach().double()  # (C,)
    own = bias_of(norm)  # (C,) or None
    bias = None if own is None else own.double()  # (C,)
    one = x.clone()  # (C,)
    one[0] += 1.0

    def out(of: Tensor) -> Tensor:
        return F.layer_norm(of, x.shape, weight, bias, norm.eps)  # (C,)

    changed = {"1 added to every number": x + 1.0, "every number doubled": 2.0 * x, "1 added to number 1 alone": one}
    return tuple(
        Blind(what, float((new - x).abs().max()), float((out(new) - out(x)).abs().max()))
        for what, new in changed.items()
    )


# ---- against batch norm


def batch_norm(x: Tensor, eps: float = 1e-5) -> Tensor:
    """Level x (T, C) column by column, each number over all tokens (Ioffe & Szegedy 2015, algorithm 1), no gain."""
    centred = x - x.mean(dim=0)  # (T, C)
    return centred / (centred.square().mean(dim=0) + eps).sqrt()  # (T, C)


def leak(x: Tensor) -> tuple[float, float]:
    """How far the first token's numbers move when the last token of x (T, C) is left out: layer norm, batch norm.

    Layer norm looks at one token alone, so nothing; batch norm's mean and variance are made of all of them, later ones
    too. Raises ValueError for fewer than three tokens.
    """
    if len(x) < 3:
        raise ValueError("Leaving one token out needs three or more: type some more characters.")
    x, shape = x.double(), x.shape[-1:]
    layer = F.layer_norm(x, shape)[0] - F.layer_norm(x[:-1], shape)[0]  # (C,)
    batch = batch_norm(x)[0] - batch_norm(x[:-1])[0]  # (C,)
    return float(layer.abs().max()), float(batch.abs().max())
