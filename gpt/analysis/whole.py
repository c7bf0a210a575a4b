"""The whole model at a glance: how long everything is that is written, and who looks most at whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.analysis.embeddings import input_parts
from gpt.analysis.lens import streams
from gpt.analysis.norms import norms
from gpt.config import need_int
from gpt.model import GPT
from gpt.trace import Trace


@dataclass(frozen=True)
class Whole:
    """Lengths (Euclidean) of what flows for each of T tokens, and the strongest attention of each layer."""

    token: Tensor  # (T,) the token vectors
    position: Tensor  # (T,) the position vectors; (0,) of a model without positions
    stream: Tensor  # (2L + 1, T) the stream before each attention, before each MLP, and at the end
    attn: Tensor  # (L, T) what each layer's attention writes
    mlp: Tensor  # (L, T) what its MLP writes; (0, T) of a model without
    key: Tensor  # (L, T) int64, the token that each looks at most, over all heads
    weight: Tensor  # (L, T) how much, from 0 to 1
    head: Tensor  # (L, T) int64, by which head
    final: Tensor  # (2, T) spread (standard deviation) before and after the final norm; (0, T) of a model without


def whole(model: GPT, trace: Trace, ids: Sequence[int]) -> Whole:
    """Measure a trace of ids (T,)."""
    L, T = model.config.n_layer, len(trace.logits)
    token, position = input_parts(model, ids)  # (T, C), (T, C) or None
    ends = streams(model, trace, ids).norm(dim=-1)  # (L + 1, T)
    stream = torch.empty(2 * L + 1, T)  # (2L + 1, T)
    stream[::2] = ends
    stream[1::2] = trace.resid_mid.norm(dim=-1)  # (L, T)
    if L:
        by_head, key = trace.pattern.max(dim=-1)  # (L, H, T), (L, H, T)
        weight, head = by_head.max(dim=1)  # (L, T), (L, T)
        key = key.gather(1, head[:, None])[:, 0]  # (L, T)
    else:
        weight, key, head = torch.empty(0, T), torch.empty(0, T).long(), torch.empty(0, T).long()  # (0, T)
    return Whole(
        token=token.norm(dim=-1),
        position=torch.empty(0) if position is None else position.norm(dim=-1),
        stream=stream,
        attn=trace.attn_out.norm(dim=-1),
        mlp=trace.mlp_out.norm(dim=-1),
        key=key,
        weight=weight,
        head=head,
        final=final_spread(model, trace),
    )


def final_spread(model: GPT, trace: Trace) -> Tensor:
    """The standard deviation of each token's stream before and after the final norm, (2, T); (0, T) without one."""
    if not model.config.has_final_norm:
        return torch.empty(0, len(trace.logits))  # (0, T)
    before = trace.resid_post[-1]  # (T, C)
    with torch.no_grad():
        after = model.norm_final(before)  # (T, C)
    return torch.stack([x.std(dim=-1, correction=0) for x in (before, after)])  # (2, T)


def strongest_neurons(model: GPT, trace: Trace, layer: int, most: int) -> tuple[Tensor, Tensor]:
    """For each token the neurons of a layer that answer most: which (T, K) and what they are (T, K), K at most `most`.

    Strong is what is far from 0 behind the activation. Raises ValueError for a layer that there is not.
    """
    need_int("layer", layer, 0, max(model.config.n_layer - 1, 0))
    if not len(trace.mlp_post):
        nothing = torch.empty(len(trace.logits), 0)  # (T, 0)
        return nothing.long(), nothing
    post = trace.mlp_post[layer]  # (T, N)
    which = post.abs().topk(min(most, post.shape[-1]), dim=-1).indices  # (T, K)
    return which, post.gather(-1, which)  # (T, K), (T, K)


def norm_spreads(model: GPT, trace: Trace, layer: int) -> tuple[tuple[str, ...], Tensor]:
    """The names of a layer's norms, and the standard deviation before and after each, (N, 2, T)."""
    if not model.config.n_layer:
        return (), torch.empty(0, 2, len(trace.logits))  # (0, 2, T)
    found = norms(model, trace)
    return found.names, found.stats[layer, :, 1::2]  # (N, 2, T)
