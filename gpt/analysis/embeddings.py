"""What goes into the model: token vectors, position vectors, and a map of the token table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.model import GPT


@dataclass(frozen=True)
class Map:
    """The token table seen from where it is widest (PCA: Pearson 1901)."""

    points: Tensor  # (V, 2) coordinates on the two widest axes
    kept: float  # the share of the table's variance that these two keep
    neighbours: tuple[tuple[tuple[int, float], ...], ...]  # for each token its nearest others: (id, cosine)


def input_parts(model: GPT, ids: Sequence[int]) -> tuple[Tensor, Tensor | None]:
    """Token vectors (T, C) and position vectors (T, C), or None without positions; their sum enters the first block."""
    token = model.token_embedding.weight[list(ids)].detach()  # (T, C)
    position = model.positions(len(ids))  # (T, C) or None
    return token, None if position is None else position.detach()


def token_map(model: GPT, near: int = 3) -> Map:
    """The token table in two dimensions, and each token's `near` nearest neighbours by cosine in all of them.

    The sign of an axis is arbitrary in PCA; here each axis' largest coordinate is positive, so pictures keep still.
    """
    table = model.token_embedding.weight.detach().float()  # (V, C)
    V = len(table)
    centred = table - table.mean(dim=0)  # (V, C)
    _, lengths, axes = torch.linalg.svd(centred, full_matrices=False)  # (min(V, C),), (min(V, C), C)
    points = torch.zeros(V, 2)  # (V, 2)
    for axis in range(min(2, len(axes))):
        column = centred @ axes[axis]  # (V,)
        points[:, axis] = column * torch.sign(column[column.abs().argmax()])  # (V,)
    variance = lengths.square()  # (min(V, C),)
    cosine = F.normalize(table, dim=1) @ F.normalize(table, dim=1).T  # (V, V)
    cosine.fill_diagonal_(-2.0)
    best, who = cosine.topk(min(near, V - 1), dim=1)  # (V, near), (V, near)
    neighbours = tuple(
        tuple((int(i), round(float(c), 4)) for i, c in zip(row, values, strict=True))
        for row, values in zip(who, best, strict=True)
    )
    return Map(points, float(variance[:2].sum() / variance.sum().clamp_min(1e-12)), neighbours)
