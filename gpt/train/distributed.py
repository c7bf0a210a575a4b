"""Several processes that train one model: each takes its share of every batch, and they average their gradients.

`torchrun --nproc-per-node=2 -m gpt.train RUN_DIR` starts them. Alone, nothing here does anything.
Source: Li et al. 2020 (PyTorch Distributed, section 3: gradients are averaged while they are computed).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from gpt.config import refuse
from gpt.runs.log import CONTROLS, Control

Value = TypeVar("Value")
REQUESTS = (None, *CONTROLS)  # all that they have to agree on before each step


@dataclass(frozen=True)
class Team:
    """Which process this is, of how many. The first alone writes files and says how it goes on."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Whether this one leads."""
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The model as it is called in training."""
        return model if self.size == 1 else DistributedDataParallel(model)

    def share(self, batch: Tensor) -> Tensor:
        """This process's part of a batch (B, T): (B / size, T)."""
        return batch if self.size == 1 else batch.chunk(self.size)[self.rank]

    def mean(self, value: Tensor) -> Tensor:
        """The mean of a number () over the team."""
        if self.size > 1:
            value = value.detach().clone()
            dist.all_reduce(value)
            value /= self.size
        return value

    def agree(self, request: Control | None) -> Control | None:
        """What the first one was asked to do."""
        return self.same(request, REQUESTS)

    def same(self, value: Value, known: Sequence[Value]) -> Value:
        """The first one's value, for all of them; it is one of those that all know."""
        if self.size == 1:
            return value
        code = torch.tensor(known.index(value))  # () int64; sending objects would pickle them
        dist.broadcast(code, src=0)
        return known[int(code)]


def join(batch_size: int) -> Team:
    """Take this process's place in the team that torchrun started, or work alone.

    Raises ConfigError when the batch cannot be shared evenly.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size <= 1:
        return Team()
    if batch_size % size:
        raise refuse("batch_size", batch_size, f"divisible by the {size} processes that share it")
    if not dist.is_initialized():
        dist.init_process_group("gloo")  # the model is on the CPU
    return Team(dist.get_rank(), size)
