"""How alike vectors are: cosines, the nearest, an order in which like stands beside like, and directions between them.

The cosine of two vectors is 1 where they point the same way, 0 at a right angle, -1 the opposite way; lengths do not
count (Mikolov et al. 2013, section 4, for a - b + c).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Direction:
    """What a - b + c is near to."""

    vector: Tensor  # (C,)
    nearest: tuple[tuple[int, float], ...]  # (row, cosine), without a, b and c
    before: tuple[tuple[int, float], ...]  # the same of c alone: what the direction has changed


def unit(rows: Tensor) -> Tensor:
    """Rows (N, C) of length 1; a row of zeros stays what it is."""
    return F.normalize(rows.detach().double(), dim=-1)  # (N, C)


def cosines(rows: Tensor) -> Tensor:
    """The cosine of every two rows (N, C), as (N, N)."""
    units = unit(rows)  # (N, C)
    return units @ units.T  # (N, N)


def nearest(units: Tensor, vector: Tensor, count: int, without: Collection[int] = ()) -> tuple[tuple[int, float], ...]:
    """The rows (N, C), each of length 1, that point most the way of a vector (C,): (row, cosine), most alike first."""
    cosine = units @ unit(vector).to(units.dtype)  # (N,)
    cosine[list(without)] = -2.0
    best, who = cosine.topk(max(0, min(count, len(units) - len(set(without)))))  # (count,)
    return tuple((int(i), float(c)) for i, c in zip(who, best, strict=True))


def direction(rows: Tensor, units: Tensor, a: int, b: int, c: int, count: int = 5) -> Direction:
    """What lies where a - b + c leads, among rows (N, C); `units` are the same of length 1."""
    vector = rows[a].double() - rows[b].double() + rows[c].double()  # (C,)
    return Direction(vector, nearest(units, vector, count, {a, b, c}), nearest(units, rows[c], count, {a, b, c}))


def chain(rows: Tensor) -> list[int]:
    """The rows (N, C) in an order in which like stands beside like.

    It begins with the row that is least like all others, and goes on to the most alike that is left.
    """
    alike = cosines(rows)  # (N, N)
    if not len(alike):
        return []
    left = torch.ones(len(alike), dtype=torch.bool)  # (N,)
    order = [int(alike.sum(dim=0).argmin())]
    while len(order) < len(alike):
        left[order[-1]] = False
        order.append(int(alike[order[-1]].masked_fill(~left, -2.0).argmax()))
    return order


@dataclass(frozen=True)
class Pairs:
    """How often one direction leads from one member of a pair to the other."""

    right: int  # of the pairs, those whose other member is the nearest of all where the direction leads
    alone: int  # and those whose other member is the nearest without it
    count: int
    before: float  # mean cosine of the two members
    after: float  # mean cosine of the second with where the direction leads from the first


def pairs(rows: Tensor, units: Tensor, given: tuple[int, int], others: Sequence[tuple[int, int]]) -> Pairs:
    """Take the direction from `given[0]` to `given[1]`, and add it to the first member of every other pair.

    `units` are the rows (N, C) of length 1.
    """
    step = rows[given[1]].double() - rows[given[0]].double()  # (C,)
    right, alone, before, after = 0, 0, 0.0, 0.0
    for one, other in others:
        led = nearest(units, rows[one].double() + step, 1, {one, *given})
        plain = nearest(units, rows[one], 1, {one, *given})
        right += bool(led) and led[0][0] == other
        alone += bool(plain) and plain[0][0] == other
        before += float(units[one] @ units[other])
        after += float(unit(rows[one].double() + step).to(units.dtype) @ units[other])
    many = max(len(others), 1)
    return Pairs(right, alone, len(others), before / many, after / many)
