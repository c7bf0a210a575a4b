"""By which library an fp32 training multiplies: oneDNN, torch's own for networks, where torch's usual one is slow.

torch gives fp32 products to MKL, which leaves half of an AMD processor with AVX-512 idle (measured there, 768 x 128 by
128 x 512 on one thread: 107 GFLOP/s, oneDNN 245; made to take its other path MKL reaches 250, too). The mathematics is
the same, only the order in which sums are added up is another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from gpt.config import GPTConfig, TrainConfig
from gpt.products import is_slow, product

WORTHWHILE = 2**21  # multiplications of one C x C layer; in smaller ones Python's share weighs more than the gain


def library(config: GPTConfig, train: TrainConfig) -> str:
    """Which one such an fp32 training takes: "oneDNN", or "torch" for what torch takes by itself.

    It follows from the processor's maker and the sizes, so that the same machine gives the same bits.
    """
    enough = train.batch_size * config.block_size * config.n_embd**2 >= WORTHWHILE
    return "oneDNN" if is_slow() and enough else "torch"


class Linear(torch.autograd.Function):
    """A linear layer whose products oneDNN computes: one on the way forward, two on the way back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """(..., I), (O, I) and (O,) -> (..., O)."""
        ctx.save_for_backward(x, weight)
        return product(x, weight, bias)  # (..., O)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:  # type: ignore[override]
        """The gradients of x (..., I), weight (O, I) and bias (O,) from that of the output (..., O)."""
        x, weight = ctx.saved_tensors
        of_x = product(grad, weight.t())  # (..., I)
        x, grad = x.flatten(0, -2), grad.flatten(0, -2)  # (N, I), (N, O)
        if grad.shape[1] <= x.shape[1]:  # the narrower of the two comes first: that is quicker
            of_weight = product(grad.t(), x.t())  # (O, I)
        else:
            of_weight = product(x.t(), grad.t()).t()  # (O, I)
        return of_x, of_weight, grad.sum(0) if ctx.needs_input_grad[2] else None


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """In place of torch's: (..., I), (O, I) and (O,) -> (..., O)."""
    return Linear.apply(x, weight, bias)  # (..., O)


class ByOneDNN(TorchFunctionMode):
    """While it is entered, every linear layer computes by oneDNN."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """What torch calls in place of each of its functions."""
        return (linear if func is F.linear else func)(*args, **(kwargs or {}))
