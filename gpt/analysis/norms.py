"""What the layer norms do to each token: mean and spread before and after (Ba et al. 2016, section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.model import GPT
from gpt.trace import Trace

NAMES = {"attn": "before attention", "mlp": "before the MLP"}
NORM_OF = {"attn": "norm1", "mlp": "norm2"}
NAMES_POST = {"attn": "after attention", "mlp": "after the MLP"}


@dataclass(frozen=True)
class Norms:
    """Every norm of every block, N norms a block (2, or 1 without feed-forward, or 0)."""

    names: tuple[str, ...]  # (N,) where in the block each stands
    stats: Tensor  # (L, N, 4, T) mean before, spread before, mean after, spread after; spread = standard deviation
    gain: Tensor  # (L, N, C) the learned gain
    shift: Tensor  # (L, N, C) the learned shift; (L, N, 0) in a model without biases


def norms(model: GPT, trace: Trace, begin: int = 0) -> Norms:
    """Apply each block's norms to what flowed into them in `trace`; nothing is estimated.

    With `begin`, the statistics are those of the T tokens from that one on.
    """
    config, T = model.config, trace.logits.shape[0] - begin
    parts = ("attn", "mlp") if config.feed_forward else ("attn",)
    if config.norm == "none" or config.n_layer == 0:
        nothing = torch.empty(config.n_layer, 0, config.n_embd)  # (L, 0, C)
        return Norms((), torch.empty(config.n_layer, 0, 4, T), nothing, nothing)
    before = torch.stack([stream_before(model, trace, part)[:, begin:] for part in parts], dim=1)  # (L, N, T, C)
    applied = [getattr(model.blocks[layer], NORM_OF[part]) for layer in range(config.n_layer) for part in parts]
    gain = torch.stack([norm.weight.detach() for norm in applied]).view(*before.shape[:2], -1)  # (L, N, C)
    shift = gain[..., :0]  # (L, N, 0)
    after = F.layer_norm(before, before.shape[-1:]) * gain[:, :, None]  # (L, N, T, C) mean 0, spread 1, times the gain
    if config.bias:
        shift = torch.stack([norm.bias.detach() for norm in applied]).view(gain.shape)  # (L, N, C)
        after = after + shift[:, :, None]  # (L, N, T, C)
    # The spread is the standard deviation, written out: torch's own is many times slower here.
    spreads = [(m := x.mean(-1), (x - m[..., None]).square().mean(-1).sqrt()) for x in (before, after)]  # (L, N, T)
    names = tuple((NAMES_POST if config.norm == "post" else NAMES)[part] for part in parts)
    stats = torch.stack([one for pair in spreads for one in pair], dim=2)  # (L, N, 4, T)
    return Norms(names, stats, gain, shift)


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
