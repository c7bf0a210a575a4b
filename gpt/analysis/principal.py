"""The directions along which rows of numbers vary most (PCA: Pearson 1901), and what of the variance each keeps."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Seen:
    """Rows seen along principal axes."""

    points: Tensor  # (N, K) coordinates
    shares: tuple[float, ...]  # (K,) of these rows' variance that each axis keeps; 0 for rows that are all alike


def principal_axes(rows: Tensor, count: int) -> Tensor:
    """The `count` orthonormal directions (count, C) along which centred rows (N, C) vary most, the widest first.

    The sign of an axis is arbitrary in PCA; here the largest coordinate on it is positive, so pictures keep still.
    Found in float64: axes that keep nearly as much as the next ones turn far with a small error. Where the rows do not
    have so many directions, the last axes are zeros.
    """
    rows = rows.double()  # (N, C)
    _, found = torch.linalg.eigh(rows.T @ rows)  # ascending, (C, C)
    rank = min(count, *rows.shape)
    axes = torch.zeros(count, rows.shape[1], dtype=torch.float64)  # (count, C)
    for i in range(rank):
        axis = found[:, -1 - i]  # (C,)
        along = rows @ axis  # (N,)
        axes[i] = axis * torch.sign(along[along.abs().argmax()])  # (C,)
    return axes


def seen_along(rows: Tensor, axes: Tensor) -> Seen:
    """Centred rows (N, C) along axes (K, C), and the share of their variance (the sum over all C) that each keeps."""
    points = rows.double() @ axes.double().T  # (N, K)
    total = rows.double().square().sum().clamp_min(1e-12)
    return Seen(points.float(), tuple((points.square().sum(dim=0) / total).tolist()))


def centred(rows: Tensor) -> Tensor:
    """Rows (N, C), each column's mean taken away: where they lie as a whole tells nothing."""
    rows = rows.detach().float()  # (N, C)
    return rows - rows.mean(dim=0)  # (N, C)
