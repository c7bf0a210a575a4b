"""How torch begins: what nn.Linear draws before anything is learned (a whole model: gpt/train/initial.py)."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor


def linear(fan_in: int, fan_out: int, generator: Generator) -> Tensor:
    """The fresh weights of nn.Linear, (fan_out, fan_in): uniform between -1/sqrt(fan_in) and 1/sqrt(fan_in).

    torch calls it kaiming_uniform_ with a = sqrt(5), whose bound is sqrt(6 / ((1 + a^2) fan_in)) (He et al. 2015, 2.2).
    """
    bound = 1 / math.sqrt(fan_in)
    return torch.empty(fan_out, fan_in).uniform_(-bound, bound, generator=generator)  # (fan_out, fan_in)
