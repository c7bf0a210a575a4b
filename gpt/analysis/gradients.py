"""How strongly the loss asks for another stream, boundary by boundary: what a residual connection is for.

A sum hands a gradient on unchanged to both of its parts; without it every block multiplies it by its weights (He et al.
2016, "Identity Mappings in Deep Residual Networks", section 2).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.config import GPTConfig
from gpt.model import GPT


def stream_gradients(model: GPT, ids: Tensor) -> list[Tensor]:
    """The gradient of the mean loss of ids (B, T + 1) on the stream at each boundary: L + 1 times (B, T, C).

    The model's weights may be frozen; none of them gets a gradient. Raises ValueError for a model without blocks, and
    for a text of one token, in which nothing is predicted.
    """
    L = model.config.n_layer
    if not L:
        raise ValueError("This model has no blocks, so no gradient passes through any: choose one with blocks.")
    if ids.shape[1] < 2:
        raise ValueError("A loss needs a next token: type two tokens or more.")
    kept: list[Tensor] = []

    def keep(site: str, layer: int, x: Tensor) -> Tensor:
        if site == "resid_pre" and layer == 0:
            x = x.detach().requires_grad_()  # (B, T, C) nothing before the first block is asked
        if site == "resid_pre" or (site == "resid_post" and layer == L - 1):
            kept.append(x)
        return x

    with torch.enable_grad():
        logits = model(ids[:, :-1], keep)  # (B, T, V)
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        return list(torch.autograd.grad(loss, kept))


def sizes(model: GPT, ids: Sequence[int]) -> list[float]:
    """The length of that gradient for one text, over all tokens, at each of the L + 1 boundaries."""
    return [float(one.norm()) for one in stream_gradients(model, torch.tensor([list(ids)]))]


def fresh(config: GPTConfig, seed: int, std: float = 0.02) -> GPT:
    """The model as it was before any training, with dice of its own."""
    return GPT(config, Generator().manual_seed(seed), std).eval().requires_grad_(False)
