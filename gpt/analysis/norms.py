"""What the layer norms do to each token: mean and spread before and after (Ba et al. 2016, section 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from gpt.model import GPT
from gpt.trace import Trace

NAMES = {"attn": "before attention", "mlp": "before the MLP"}
NAMES_POST = {"attn": "after attention", "mlp": "after the MLP"}


@dataclass(frozen=True)
class Norms:
    """Every norm of every block, N norms a block (2, or 1 without feed-forward, or 0)."""

    names: tuple[str, ...]  # (N,) where in the block each stands
    stats: Tensor  # (L, N, 4, T) mean before, spread before, mean after, spread after; spread = standard deviation
    gain: Tensor  # (L, N, C) the learned gain


def norms(model: GPT, trace: Trace) -> Norms:
    """Apply each block's norms to what flowed into them in `trace`; nothing is estimated."""
    config, T = model.config, trace.logits.shape[0]
    post = config.norm == "post"
    parts = ("attn", "mlp") if config.feed_forward else ("attn",)
    if config.norm == "none" or config.n_layer == 0:
        return Norms((), torch.empty(config.n_layer, 0, 4, T), torch.empty(config.n_layer, 0, config.n_embd))
    stats, gains = [], []
    with torch.no_grad():
        for layer in range(config.n_layer):
            for part in parts:
                norm = cast(nn.LayerNorm, getattr(model.blocks[layer], "norm1" if part == "attn" else "norm2"))
                before = trace.resid_pre[layer] if part == "attn" else trace.resid_mid[layer]  # (T, C)
                if post:
                    written = trace.attn_out[layer] if part == "attn" else trace.mlp_out[layer]  # (T, C)
                    before = before + written if config.residual else written  # (T, C)
                after = norm(before)  # (T, C)
                stats.append(torch.stack([f for x in (before, after) for f in (x.mean(-1), x.std(-1, correction=0))]))
                gains.append(norm.weight.detach())  # (C,)
    names = tuple((NAMES_POST if post else NAMES)[part] for part in parts)
    L, N = config.n_layer, len(parts)
    return Norms(names, torch.stack(stats).view(L, N, 4, T), torch.stack(gains).view(L, N, config.n_embd))
