"""What a model need not compute again: the keys and values of the tokens that it has read (the "KV cache").

A causal token never looks ahead, so nothing that comes later changes its key or value. Whoever reads on hands them in
with the new tokens, and only those are computed. They belong to the caller: nothing is ever kept on the model.
"""

from __future__ import annotations

import torch
from torch import Tensor


class Past:
    """Keys and values (B, H, P, D) of P tokens, layer by layer; `GPT(config)(ids, past=past)` reads on and adds to it.

    Source: Pope et al. 2022, "Efficiently Scaling Transformer Inference", section 2.
    """

    def __init__(self) -> None:
        self.length = 0  # P: how many tokens have been read
        self.layers: list[tuple[Tensor, Tensor]] = []  # keys and values (B, H, P, D) each

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Add the keys and values (B, H, T, D) of T new tokens; returns all of the layer's, (B, H, P + T, D) each."""
        if layer == len(self.layers):
            self.layers.append((k, v))
        else:
            old_k, old_v = self.layers[layer]
            self.layers[layer] = torch.cat([old_k, k], dim=2), torch.cat([old_v, v], dim=2)  # (B, H, P + T, D)
        return self.layers[layer]

    def cut(self, length: int) -> None:
        """Forget all but the first `length` tokens: what follows them is read anew."""
        self.length = min(length, self.length)
        self.layers = [(k[:, :, : self.length], v[:, :, : self.length]) for k, v in self.layers]

    def take(self, rows: Tensor) -> None:
        """The texts of these rows (B',) of the batch from now on, one of them perhaps several times."""
        self.layers = [(k[rows], v[rows]) for k, v in self.layers]  # (B', H, P, D)
