"""The same attention by PyTorch's own two: what we draw is what everybody else computes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gpt.analysis.stages import block_of, check_head, head_input
from gpt.model import GPT
from gpt.trace import Trace


@dataclass(frozen=True)
class Reference:
    """What PyTorch's own attention gives, and the largest absolute differences to ours."""

    fused: Tensor  # (T, D) the head's z by F.scaled_dot_product_attention
    module: Tensor  # (T, C) the layer's attn_out by nn.MultiheadAttention
    fused_difference: float  # to the trace's z
    module_difference: float  # to the trace's attn_out


@torch.no_grad()
def by_pytorch(model: GPT, trace: Trace, layer: int, head: int) -> Reference:
    """Compute one head, and its whole layer, by PyTorch. Raises ValueError for a head that is not there.

    On a trace with edits inside the layer the differences are what the edits did.
    """
    check_head(model.config, layer, head)
    config, attn = model.config, block_of(model, layer).attn
    q, k, v = (site[layer, head, None] for site in (trace.q, trace.k, trace.v))  # (1, T, D) each
    fused = F.scaled_dot_product_attention(q, k, v, is_causal=config.causal, scale=attn.scale)[0]  # (T, D)
    x = head_input(model, trace, layer)[None]  # (1, T, C)
    T = x.shape[1]
    future = torch.ones(T, T, dtype=torch.bool).triu(1) if config.causal else None  # (T, T), True is hidden
    module = multihead(model, layer)(x, x, x, attn_mask=future, need_weights=False)[0][0]  # (T, C)
    return Reference(
        fused,
        module,
        float((fused - trace.z[layer, head]).abs().max()),
        float((module - trace.attn_out[layer]).abs().max()),
    )


def multihead(model: GPT, layer: int) -> nn.MultiheadAttention:
    """PyTorch's module with the weights of one of our layers copied in.

    It always divides by sqrt(D), so a model that scales otherwise has that put into the query's weights.
    """
    config, attn = model.config, block_of(model, layer).attn
    ask = attn.scale * math.sqrt(config.head_size)
    parts = (attn.query, ask), (attn.key, 1.0), (attn.value, 1.0)
    weights = {
        "in_proj_weight": torch.cat([linear.weight * factor for linear, factor in parts]),  # (3C, C)
        "out_proj.weight": attn.project.weight,  # (C, C)
    }
    if config.bias:
        biases = [linear.bias * factor for linear, factor in parts] if config.qkv_bias else []  # (C,) each
        weights["in_proj_bias"] = torch.cat(biases) if biases else torch.zeros(3 * config.n_embd)  # (3C,)
        weights["out_proj.bias"] = attn.project.bias  # (C,)
    with torch.device("meta"):  # shapes only: fresh numbers would be drawn from torch's global generator
        module = nn.MultiheadAttention(config.n_embd, config.n_head, bias=config.bias, batch_first=True)
    module.load_state_dict(weights, assign=True)
    return module.eval().requires_grad_(False)
