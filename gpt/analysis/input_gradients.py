"""Cheap guesses, by gradients, of what a prediction owes to each token and head; none of them changes anything.

Sources: Shrikumar et al. 2017, section 2 (gradient x input); Sundararajan et al. 2017, section 3 (integrated
gradients, whose parts sum to the difference between the prompt and its baseline); Nanda 2023 (attribution patching).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gpt.model import GPT
from gpt.tap import Edit
from gpt.trace import checked

POINTS = (32, 64, 128, 256, 512, 1024)  # at which the way is looked at: so many more until the parts add up
NEAR = 0.005  # of the difference: by how much they may miss it; kinks of ReLUs want many points
AT_ONCE = 16  # points of one pass


@dataclass(frozen=True)
class Integrated:
    """Integrated gradients of one logit: a part a token, and the two ends whose difference they sum to."""

    parts: Tensor  # (T,)
    start: float  # the logit of the baseline: every token's vector is the mean of the table
    end: float  # the logit of the prompt


def read_from(model: GPT, x: Tensor, z_too: bool = False, edits: Sequence[Edit] = ()) -> tuple[Tensor, list[Tensor]]:
    """Logits (B, T, V) of streams x (B, T, C) that go into the first block, and the heads' z of every layer."""
    kept: list[Tensor] = []

    def enter(site: str, layer: int, flow: Tensor) -> Tensor:
        if site == "resid_pre" and layer == 0:
            flow = x
        for edit in edits:
            if (edit.site, edit.layer) == (site, layer):
                flow = edit(flow)
        if site == "z" and z_too:
            kept.append(flow)
        return flow

    ids = torch.zeros(x.shape[:2], dtype=torch.int64)  # (B, T) whatever they are, x takes their place
    return model(ids, enter), kept


def check_blocks(model: GPT) -> None:
    """Raise ValueError unless there is a block to read from."""
    if not model.config.n_layer:
        raise ValueError("This model has no blocks: its next token depends on the last one alone.")


def gradient_times_input(
    model: GPT, ids: Sequence[int], position: int, token: int, edits: Sequence[Edit] = ()
) -> Tensor:
    """Gradient of a token's logit on each token's vector, times that vector: (T,), in nats. `edits` are made too."""
    check_blocks(model)
    with torch.no_grad():
        x = model.embed(checked(model, ids)[None])  # (1, T, C)
    with torch.enable_grad():
        x = x.requires_grad_()
        logits, _ = read_from(model, x, edits=edits)  # (1, T, V)
        (gradient,) = torch.autograd.grad(logits[0, position, token], x)  # (1, T, C)
    return (gradient * x).sum(-1)[0].detach()  # (T,)


def gradient_times_head(
    model: GPT, ids: Sequence[int], position: int, token: int, edits: Sequence[Edit] = ()
) -> Tensor:
    """Gradient of a token's logit on what each head hands on, times it: (L, H). To first order what silencing costs."""
    check_blocks(model)
    with torch.no_grad():
        x = model.embed(checked(model, ids)[None])  # (1, T, C)
    with torch.enable_grad():
        logits, z = read_from(model, x.requires_grad_(), True, edits)  # (1, T, V), L x (1, H, T, D)
        gradients = torch.autograd.grad(logits[0, position, token], z)
    return torch.stack([(g * one).sum((0, 2, 3)).detach() for g, one in zip(gradients, z, strict=True)])  # (L, H)


def integrated_gradients(
    model: GPT, ids: Sequence[int], position: int, token: int, edits: Sequence[Edit] = (), most: int = POINTS[-1]
) -> Integrated:
    """Follow the logit from a prompt that says nothing to this one, and give each token its part of the way: (T,).

    The baseline keeps the places and puts the table's mean vector for every token. The integral is Gauss and
    Legendre's, by as many points as it takes for the parts to sum to the difference within 0.5 %, or by `most`.
    `edits` are made all the way.
    """
    check_blocks(model)
    with torch.no_grad():
        read = checked(model, ids)  # (T,)
        end = model.embed(read[None])[0]  # (T, C)
        start = end - model.token_embedding(read) + model.token_embedding.weight.mean(0)  # (T, C)
        ends, _ = read_from(model, torch.stack([start, end]), edits=edits)  # (2, T, V)
    low, high = (float(one) for one in ends[:, position, token])
    parts = torch.zeros(len(end))  # (T,)
    for points in (points for points in POINTS if points <= most):
        parts = along_the_way(model, start, end, position, token, points, edits)  # (T,)
        if abs(float(parts.sum()) - (high - low)) <= NEAR * abs(high - low):
            break
    return Integrated(parts, low, high)


def along_the_way(
    model: GPT, start: Tensor, end: Tensor, position: int, token: int, points: int, edits: Sequence[Edit] = ()
) -> Tensor:
    """The integral of gradient x way between two streams (T, C), by so many points: (T,)."""
    places, weights = np.polynomial.legendre.leggauss(points)
    total = torch.zeros_like(end)  # (T, C)
    for some in np.array_split(np.arange(points), points // AT_ONCE):
        share = torch.tensor((places[some] + 1) / 2, dtype=torch.float32)[:, None, None]  # (P, 1, 1)
        with torch.enable_grad():
            x = (start + share * (end - start)).requires_grad_()  # (P, T, C)
            logits, _ = read_from(model, x, edits=edits)  # (P, T, V)
            (gradient,) = torch.autograd.grad(logits[:, position, token].sum(), x)  # (P, T, C)
        total += (gradient * torch.tensor(weights[some] / 2, dtype=torch.float32)[:, None, None]).sum(0)
    return (total * (end - start)).sum(-1)  # (T,)
