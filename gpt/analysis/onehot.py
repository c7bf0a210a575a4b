"""`nn.Linear` on one-hot vectors is `nn.Embedding`: the same numbers, the same gradient, at another price."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor
from torch.nn import functional as F

RUNS = 15  # of which the median counts; fewer where each takes long
WORK = 5e8  # multiplications in all


@dataclass(frozen=True)
class Compared:
    """The same tokens through both."""

    T: int
    V: int
    C: int
    equal: bool  # the outputs, bit for bit
    gradient: float  # the largest difference of the tables' gradients
    looked_up: float  # milliseconds, the median of some runs
    multiplied: float  # milliseconds, the one-hot vectors being there already

    @property
    def products(self) -> int:
        """Multiplications of the linear layer."""
        return self.T * self.V * self.C


def compare(table: Tensor, ids: Sequence[int]) -> Compared:
    """Look ids (T,) up in a table (V, C), and multiply their one-hot vectors (T, V) by it.

    `F.embedding` and `F.linear` are all that the two modules do in their forward pass.
    """
    lookup = table.detach().clone().requires_grad_(True)  # (V, C) as nn.Embedding keeps it
    weight = table.detach().clone().T.requires_grad_(True)  # (C, V) as nn.Linear keeps it
    rows = torch.tensor(list(ids), dtype=torch.int64)  # (T,)
    hot = F.one_hot(rows, len(table)).to(table.dtype)  # (T, V)
    up = torch.randn(len(rows), table.shape[1], generator=torch.Generator().manual_seed(1))  # (T, C) what comes back
    equal, away = same(lookup, weight, rows, hot, up)
    V, C = table.shape
    runs = max(3, min(RUNS, int(WORK / (len(rows) * V * C))))
    with torch.no_grad():
        times = [
            milliseconds(lambda: F.embedding(rows, lookup), runs),
            milliseconds(lambda: F.linear(hot, weight), runs),
        ]
    return Compared(len(rows), V, C, equal, away, *times)


def same(lookup: Tensor, weight: Tensor, rows: Tensor, hot: Tensor, up: Tensor) -> tuple[bool, float]:
    """Whether both outputs are equal bit for bit, and the largest difference of the gradients for `up` (T, C)."""
    one, other = F.embedding(rows, lookup), F.linear(hot, weight)  # (T, C) each
    (of_rows,) = torch.autograd.grad(one, lookup, up)  # (V, C)
    (of_product,) = torch.autograd.grad(other, weight, up)  # (C, V)
    return torch.equal(one, other), float((of_rows - of_product.T).abs().max())


def milliseconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """How long it takes, the median of some runs."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1_000 * median(taken)
