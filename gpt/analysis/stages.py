"""The eight stages of an attention head, from what it reads to what it hands on (Vaswani et al. 2017, section 3.2).

- q, k, v: what the head makes of each token, x W + b, x being the stream, levelled first in a pre-norm model
- dot: q · k, for every pair of tokens
- scaled: times 1 / sqrt(D)
- masked: -inf where the key comes later
- pattern: softmax, exp of each score divided by the sum of them all
- z: the values, weighted by the pattern and added up
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from gpt.analysis.stage_names import STAGES
from gpt.config import GPTConfig, need_int
from gpt.model import GPT, Block
from gpt.trace import Trace

__all__ = ["STAGES", "Stages", "block_of", "check_head", "head_input", "stages"]


@dataclass(frozen=True)
class Stages:
    """One head on one prompt, stage by stage. All but `dot` and `masked` is what the model itself had."""

    q: Tensor  # (T, D)
    k: Tensor  # (T, D)
    v: Tensor  # (T, D)
    dot: Tensor  # (T, T) q · k, not scaled; row = the token that looks, column = looked at
    scaled: Tensor  # (T, T) the trace's scores
    masked: Tensor  # (T, T) the same with -inf in the future, if the model is causal
    pattern: Tensor  # (T, T)
    z: Tensor  # (T, D)


def check_head(config: GPTConfig, layer: int, head: int) -> None:
    """Raise ValueError, with a sentence, unless the model has this head."""
    if config.n_layer == 0:
        raise ValueError("This model has no blocks, so it has no attention to work out: choose one with blocks.")
    need_int("layer", layer, 0, config.n_layer - 1)
    need_int("head", head, 0, config.n_head - 1)


def block_of(model: GPT, layer: int) -> Block:
    """One block of a model, as what it is."""
    return cast(Block, model.blocks[layer])


def head_input(model: GPT, trace: Trace, layer: int) -> Tensor:
    """What a layer's attention reads, (T, C): the stream, which a pre-norm model levels first."""
    stream = trace.resid_pre[layer]  # (T, C)
    return block_of(model, layer).norm1(stream).detach() if model.config.norm == "pre" else stream  # (T, C)


def stages(model: GPT, trace: Trace, layer: int, head: int) -> Stages:
    """One head of `trace`, a pass of `model`, stage by stage. Raises ValueError for a head that is not there."""
    check_head(model.config, layer, head)
    q, k, v = (site[layer, head] for site in (trace.q, trace.k, trace.v))  # (T, D) each
    dot = (q.double() @ k.double().T).float()  # (T, T); the model never has it: it scales q first
    scaled = trace.scores[layer, head]  # (T, T)
    future = torch.ones_like(scaled, dtype=torch.bool).triu(1)  # (T, T)
    masked = scaled.masked_fill(future, -math.inf) if model.config.causal else scaled  # (T, T)
    return Stages(q, k, v, dot, scaled, masked, trace.pattern[layer, head], trace.z[layer, head])
