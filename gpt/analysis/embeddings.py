"""What goes into the model: token vectors, position vectors, and a map of the token table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.analysis.principal import centred, principal_axes
from gpt.model import GPT
from gpt.numerals import percent

MOST = 1_024  # tokens of a map: of more, nobody could tell the points apart


@dataclass(frozen=True)
class Map:
    """The token table seen from where it is widest (PCA: Pearson 1901)."""

    points: Tensor  # (M, 2) coordinates on the two axes, of the first `MOST` tokens at most
    tokens: int  # V, how many there are in all
    low: tuple[float, float]  # the picture's bounds: of these points, or of a whole run's
    high: tuple[float, float]
    kept: float  # the share of the table's variance that these two axes keep
    best: float  # what its own two would keep; with one model the same
    steps: int  # how many models share the axes
    alike: float  # the share of tokens whose nearest in the picture is among their `neighbours`
    neighbours: tuple[tuple[tuple[int, float], ...], ...]  # for each token its nearest others: (id, cosine)


def token_vectors(model: GPT, ids: Sequence[int]) -> Tensor:
    """The rows of the token table that belong to these ids, (N, C)."""
    return model.token_embedding.weight[list(ids)].detach()  # (N, C)


def input_parts(model: GPT, ids: Sequence[int]) -> tuple[Tensor, Tensor | None]:
    """Token vectors (T, C) and position vectors (T, C), or None without positions; their sum enters the first block."""
    position = model.positions(len(ids))  # (T, C) or None
    return token_vectors(model, ids), None if position is None else position.detach()


def table_of(model: GPT) -> Tensor:
    """The token table (V, C), each column's mean taken away."""
    return centred(model.token_embedding.weight)  # (V, C)


def two_axes(tables: Tensor) -> Tensor:
    """The two directions (2, C) along which rows (N, C) vary most."""
    return principal_axes(tables, 2).float()


def neighbours(model: GPT, near: int = 3) -> tuple[tuple[tuple[int, float], ...], ...]:
    """Each token's nearest others by cosine in all dimensions: M tuples of (id, cosine), among the first `MOST`."""
    unit = F.normalize(model.token_embedding.weight.detach()[:MOST].float(), dim=1)  # (M, C)
    cosine = (unit @ unit.T).fill_diagonal_(-2.0)  # (M, M)
    best, who = cosine.topk(min(near, len(unit) - 1), dim=1)  # (M, near), (M, near)
    return tuple(
        tuple((int(i), round(float(c), 4)) for i, c in zip(row, values, strict=True))
        for row, values in zip(who, best, strict=True)
    )


def maps(models: Sequence[GPT]) -> list[Map]:
    """One map a model, all on the same two axes and in the same bounds: the steps of a run, or a single model."""
    tables = [table_of(model) for model in models]  # S times (V, C)
    axes = two_axes(torch.cat(tables))  # (2, C)
    points = [table[:MOST] @ axes.T for table in tables]  # S times (M, 2)
    low, high = torch.cat(points).amin(0).tolist(), torch.cat(points).amax(0).tolist()
    found = []
    for model, table, at in zip(models, tables, points, strict=True):
        kept = share_kept(table, axes)
        best = kept if len(tables) == 1 else share_kept(table, two_axes(table))
        near = neighbours(model)
        bounds = (low[0], low[1]), (high[0], high[1])
        found.append(Map(at, len(table), *bounds, kept, best, len(tables), share_alike(at, near), near))
    return found


def share_kept(table: Tensor, axes: Tensor) -> float:
    """The share of the variance of a centred table (N, C) that lies along two axes (2, C)."""
    return float((table @ axes.T).square().sum() / table.square().sum().clamp_min(1e-12))


def share_alike(points: Tensor, near: Sequence[Sequence[tuple[int, float]]]) -> float:
    """The share of the points (V, 2) whose nearest other is one of the most alike in all dimensions."""
    apart = torch.cdist(points, points).fill_diagonal_(torch.inf)  # (V, V)
    closest = apart.argmin(dim=1).tolist()  # (V,)
    return sum(i in [j for j, _ in alike] for i, alike in zip(closest, near, strict=True)) / max(len(closest), 1)


def in_words(found: Map) -> tuple[str, str]:
    """Which axes these are and what they keep; and how far nearness in the picture can be believed."""
    kept, count = percent(found.kept), len(found.points)
    axes = f"PCA of this step's token vectors: its two axes keep {kept} of their variance."
    if found.steps > 1:
        own = percent(found.best)
        axes = f"PCA of all {found.steps} kept steps: axes with {kept} of this step's variance; its own have {own}."
    of = f"{count}" if count == found.tokens else f"first {count:,} (of {found.tokens:,})"
    near = f"For {percent(found.alike)} of the {of} tokens, the nearest here is among the three most alike of all."
    return axes, near
