"""What the layer norms do to each token: mean and spread before and after (Ba et al. 2016, section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from gpt.config import GPTConfig
from gpt.model import GPT
from gpt.trace import Trace

NAMES = {"attn": "before attention", "mlp": "before the MLP"}
NORM_OF = {"attn": "norm1", "mlp": "norm2"}
EPSILON = 1e-5  # of torch.nn.LayerNorm, which the model is made of
NAMES_POST = {"attn": "after attention", "mlp": "after the MLP"}


@dataclass(frozen=True)
class Norms:
    """Every norm of every block, N norms a block (2, or 1 without feed-forward, or 0)."""

    names: tuple[str, ...]  # (N,) where in the block each stands
    stats: Tensor  # (L, N, 4, T) mean before, spread before, mean after, spread after; spread = standard deviation
    gain: Tensor  # (L, N, C) the learned gain
    shift: Tensor  # (L, N, C) the learned shift; (L, N, 0) in a model without biases


class Learned(NamedTuple):
    """What every norm of every block has learned; of a model without norms N is 0."""

    gain: Tensor  # (L, N, C)
    shift: Tensor  # (L, N, C); (L, N, 0) in a model without biases


def learned(model: GPT) -> Learned:
    """The gains and shifts as the model has them now."""
    config = model.config
    applied = [getattr(block, NORM_OF[part]) for block in model.blocks for part in parts(config)]
    shape = config.n_layer, len(parts(config)), config.n_embd  # L, N, C
    gain = torch.stack([norm.weight.detach() for norm in applied]).view(shape) if applied else torch.empty(shape)
    if not config.bias:
        return Learned(gain, gain[..., :0])  # (L, N, C), (L, N, 0)
    shift = torch.stack([norm.bias.detach() for norm in applied]).view(shape) if applied else torch.empty(shape)
    return Learned(gain, shift)  # (L, N, C), (L, N, C)


def parts(config: GPTConfig) -> tuple[str, ...]:
    """The parts of a block that have a norm."""
    if config.norm == "none" or not config.n_layer:
        return ()
    return ("attn", "mlp") if config.feed_forward else ("attn",)


def norms(model: GPT, trace: Trace, begin: int = 0, known: Learned | None = None) -> Norms:
    """Apply each block's norms to what flowed into them in `trace`; nothing is estimated.

    With `begin`, the statistics are those of the T tokens from that one on. `known` is what the model has learned,
    where that was found already.
    """
    config, T = model.config, trace.logits.shape[0] - begin
    gain, shift = known or learned(model)  # (L, N, C), (L, N, C) or (L, N, 0)
    if not parts(config):
        return Norms((), torch.empty(config.n_layer, 0, 4, T), gain, shift)
    x = torch.stack([stream_before(model, trace, part)[:, begin:] for part in parts(config)], dim=1)  # (L, N, T, C)
    mean, apart, spread = deviations(x)  # (L, N, T), (L, N, T, C), (L, N, T)
    # The norm written out, as is the spread: torch's own are many times slower here.
    after = apart.mul_((spread.square() + EPSILON).rsqrt()[..., None]).mul_(gain[:, :, None])  # (L, N, T, C)
    if config.bias:
        after += shift[:, :, None]  # (L, N, T, C)
    mean_after, _, spread_after = deviations(after)  # (L, N, T) each
    names = tuple((NAMES_POST if config.norm == "post" else NAMES)[part] for part in parts(config))
    return Norms(names, torch.stack([mean, spread, mean_after, spread_after], dim=2), gain, shift)


def deviations(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Means (...,) of numbers (..., C), how far these are from it, (..., C), and their standard deviation, (...,)."""
    mean = x.mean(-1)  # (...,)
    apart = x - mean[..., None]  # (..., C)
    return (
        mean,
        apart,
        torch.linalg.vector_norm(apart, dim=-1) * x.shape[-1] ** -0.5,
    )  # (...,) its length by the root of C


def norms_on(old: Norms, kept: int, new: Norms) -> Norms:
    """The norms of a text whose first `kept` tokens are those of an earlier one, and of what is behind them."""
    return replace(old, stats=torch.cat([old.stats[..., :kept], new.stats], dim=-1))  # (L, N, 4, T)


def stream_before(model: GPT, trace: Trace, part: str) -> Tensor:
    """What flows into one norm of every block, (L, T, C): post-norm levels the stream after the part was written."""
    before = trace.resid_pre if part == "attn" else trace.resid_mid  # (L, T, C)
    if model.config.norm == "post":
        written = trace.attn_out if part == "attn" else trace.mlp_out  # (L, T, C)
        return before + written if model.config.residual else written  # (L, T, C)
    return before
