"""By which library a layer multiplies: oneDNN, torch's own for networks, where torch's usual one is slow.

torch gives fp32 products to MKL, which leaves half of an AMD processor with AVX-512 idle (measured there, 64 x 192 by
192 x 768 on one thread: 109 GFLOP/s, oneDNN 205). The mathematics is the same, only the order in which sums are added
up is another.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WORTHWHILE = 2**22  # multiplications of one layer; in fewer of them oneDNN takes longer to begin than it saves
STEP = (
    16  # rows: for each number of them that is new, oneDNN first writes a program, which takes as long as six products
)
LONGEST = (
    512  # terms of a sum: oneDNN adds them one after the other, which rounds longer ones more than MKL's blocks do
)


@cache
def is_slow() -> bool:
    """Whether torch's usual library is the slower one here: it follows from the processor's maker, so bits stay."""
    processor = torch.cpu.get_capabilities()
    slow = processor.get("architecture") == "x86_64" and "Intel" not in processor.get("cpu_name", "Intel")
    return slow and torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")


def product(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The layer's x W^T + b by oneDNN: (..., I), (O, I) and (O,) -> (..., O), all fp32."""
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")  # (..., O)


def stepped(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """The same with empty rows added, so that any length of text meets one of a few programs: (..., I) -> (..., O)."""
    rows = x.view(-1, x.shape[-1])  # (N, I)
    padded = F.pad(rows, (0, 0, 0, -len(rows) % STEP))  # (N', I)
    return product(padded, weight, bias)[: len(rows)].view(*x.shape[:-1], -1)  # (..., O)


class Linear(nn.Linear):
    """x W^T + b, (..., I) -> (..., O), as torch has it; where nothing is learned, by the quicker library."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """(..., I) -> (..., O)."""
        sized = self.in_features <= LONGEST and x.numel() * self.out_features >= WORTHWHILE
        if sized and is_quicker(x, self.weight):
            return stepped(x, self.weight, self.bias)  # (..., O)
        return super().forward(x)  # (..., O)


def is_quicker(x: Tensor, weight: Tensor) -> bool:
    """Whether oneDNN takes less time for a large product: it knows no gradients, one precision, and no gaps in rows."""
    plain = not (torch.is_grad_enabled() or torch.is_autocast_enabled("cpu"))
    whole = x.is_contiguous() and weight.is_contiguous()
    return plain and whole and x.dtype == weight.dtype == torch.float32 and x.is_cpu and is_slow()
