"""AdamW in a few lines, with the bits of torch's own: the lecture's short trainings need no more.

torch.optim brings a compiler along when its first optimizer is made, which takes a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

BETA1, BETA2, EPS, DECAY = 0.9, 0.999, 1e-8, 0.01  # torch's


class PlainAdamW:
    """Each number steps by its mean gradient over that gradient's usual size; decay is apart from the gradient.

    Source: Loshchilov & Hutter 2019, algorithm 2; the order of the operations is torch's, so that the bits are.
    """

    def __init__(self, weights: Iterable[nn.Parameter], lr: float) -> None:
        self.weights, self.lr, self.count = list(weights), lr, 0
        self.means = [torch.zeros_like(weight) for weight in self.weights]
        self.squares = [torch.zeros_like(weight) for weight in self.weights]

    @torch.no_grad()
    def step(self) -> None:
        """One step of every weight along its gradient, which is then forgotten."""
        self.count += 1
        root = math.sqrt(1 - BETA2**self.count)
        for weight, mean, square in zip(self.weights, self.means, self.squares, strict=True):
            gradient: Tensor | None = weight.grad
            if gradient is None:
                continue
            weight.mul_(1 - self.lr * DECAY)
            mean.lerp_(gradient, 1 - BETA1)
            square.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
            usual = (square.sqrt() / root).add_(EPS)
            weight.addcdiv_(mean, usual, value=-self.lr / (1 - BETA1**self.count))
            weight.grad = None
