"""The optimizers of a run: AdamW for all (the tutorials'), or Muon for the blocks' matrices and AdamW for the rest.

Sources: Loshchilov & Hutter 2019 (AdamW, algorithm 2); Jordan et al. 2024 (Muon: momentum made orthogonal).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.optim import Optimizer

from gpt.config import TrainConfig
from gpt.model import GPT
from gpt.train.muon import Muon


def optimizers(model: GPT, train: TrainConfig, precision: str = "fp32") -> list[tuple[Optimizer, float]]:
    """Each optimizer with its peak learning rate; the schedule multiplies all of them by the same share.

    `precision` is fp32 or bf16, in which Muon's iteration computes; all weights and moments are fp32.
    """
    # Gains and biases are not decayed: pulling a gain to zero silences what it scales.
    small = [weight for weight in model.parameters() if weight.dim() < 2]
    tables = [
        weight for name, weight in model.named_parameters() if weight.dim() > 1 and not name.startswith("blocks.")
    ]
    matrices = [weight for weight in model.blocks.parameters() if weight.dim() > 1]
    if train.optimizer == "muon" and matrices:
        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        muon = Muon(matrices, train.muon_lr, train.muon_momentum, train.muon_steps, train.weight_decay, dtype)
        return [(muon, train.muon_lr), (adamw([(tables, 0.0), (small, 0.0)], train), train.lr)]
    return [(adamw([(matrices + tables, train.weight_decay), (small, 0.0)], train), train.lr)]


def adamw(groups: list[tuple[list[nn.Parameter], float]], train: TrainConfig) -> Optimizer:
    """AdamW over groups of weights, each with its decay; empty groups are left out."""
    used = [{"params": weights, "weight_decay": decay} for weights, decay in groups if weights]
    return torch.optim.AdamW(used, lr=train.lr, betas=(0.9, train.beta2), fused=True)
