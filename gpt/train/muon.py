"""Muon: the momentum of a matrix, made orthogonal, so that its step is equally strong in all directions.

As torch.optim.Muon, but matrices of one shape go through the Newton-Schulz iteration together, in the numbers that the
training computes in. Source: Jordan et al. 2024 (Muon: algorithm 1, and the iteration's coefficients).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

QUINTIC = 3.4445, -4.7750, 2.0315  # takes singular values in (0, 1] near 1 within five steps
SMALLEST = 1e-7  # a momentum of zeros stays zeros
TOGETHER = 2**20  # numbers that go through the iteration at once: more take memory and are no quicker


def orthogonal(matrices: Tensor, steps: int) -> Tensor:
    """The matrices (n, R, S), R <= S, with all singular values near 1: U S V^T becomes about U V^T, (n, R, S)."""
    x = matrices / torch.linalg.matrix_norm(matrices, keepdim=True).clamp(min=SMALLEST)  # (n, R, S)
    # bf16 would round the small eigenvalues of X X^T below zero, where the iteration drives them off.
    if x.shape[2] > 2 * x.shape[1] and x.dtype is torch.float32:
        return through_gram(x, steps)
    a, b, c = QUINTIC
    for _ in range(steps):  # each singular value s becomes a s + b s^3 + c s^5
        gram = x @ x.mT  # (n, R, R)
        change = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)  # (n, R, R)
        x = torch.baddbmm(x, change, x, beta=a)  # (n, R, S)
    return x


def through_gram(x: Tensor, steps: int) -> Tensor:
    """The same of wide matrices (n, R, S) in half the multiplications: what each step multiplies X with from the left.

    That is P = a I + b G + c G^2 of the gram matrix G = X X^T, which then becomes P G P: X itself comes in at the end.
    """
    a, b, c = QUINTIC
    gram, whole = x @ x.mT, None  # (n, R, R)
    for step in range(steps):
        change = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)  # (n, R, R)
        change.diagonal(dim1=1, dim2=2).add_(a)
        whole = change if whole is None else change @ whole  # (n, R, R)
        if step + 1 < steps:
            gram = change @ gram @ change  # (n, R, R)
    return x if whole is None else whole @ x  # (n, R, S)


class Muon(Optimizer):
    """Steps for matrices (R, S); their rate is `lr` * sqrt(max(1, R / S)), so that tall and wide ones move alike."""

    def __init__(
        self, weights: Iterable[Tensor], lr: float, momentum: float, steps: int, weight_decay: float, dtype: torch.dtype
    ) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum, "steps": steps, "weight_decay": weight_decay})
        self.dtype = dtype  # of the iteration

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One step from the gradients that are there."""
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}  # weights with their gradients
            for weight in group["params"]:
                if weight.grad is not None:
                    R, S = sorted(weight.shape)
                    alike.setdefault((R, S), []).append((weight, weight.grad))
            for (R, S), pairs in alike.items():
                most = max(1, TOGETHER // (R * S))
                for i in range(0, len(pairs), most):
                    self.step_together(pairs[i : i + most], group)

    def step_together(self, pairs: list[tuple[Tensor, Tensor]], group: dict[str, Any]) -> None:
        """Matrices of the shape (R, S), and of (S, R), which are turned: one iteration for all of them."""
        stacked = torch.stack([wide(self.direction(*pair, group["momentum"])) for pair in pairs])  # (n, R, S)
        for (weight, _), found in zip(pairs, orthogonal(stacked.to(self.dtype), group["steps"]), strict=True):
            R, S = weight.shape
            weight.mul_(1.0 - group["lr"] * group["weight_decay"])
            weight.add_(found if R <= S else found.mT, alpha=-group["lr"] * math.sqrt(max(1.0, R / S)))

    def direction(self, weight: Tensor, gradient: Tensor, momentum: float) -> Tensor:
        """Nesterov's momentum of a weight's gradient, (R, S)."""
        state = self.state[weight]
        if not state:
            state["momentum_buffer"] = torch.zeros_like(gradient)
        mean = state["momentum_buffer"]  # (R, S)
        mean.lerp_(gradient, 1.0 - momentum)
        return gradient.lerp(mean, momentum)  # (R, S)


def wide(matrix: Tensor) -> Tensor:
    """A matrix or its transpose: the one with no more rows than columns."""
    return matrix if matrix.shape[0] <= matrix.shape[1] else matrix.mT
