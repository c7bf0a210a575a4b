"""The lecture's training loop, for tiny models that learn by a slip's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.lessons import facts
from gpt.lessons.slips.measured import BATCH
from gpt.lessons.slips.targets import shifted
from gpt.model import GPT
from gpt.tap import Tap, untapped
from gpt.train import batches

Pair = Callable[[Tensor], tuple[Tensor, Tensor]]  # windows (B, T + 1) -> what is read and what is to be foretold


def learn(
    model: GPT,
    T: int,
    rate: float,
    steps: tuple[int, ...],
    dice: Generator,
    pair: Pair = shifted,
    tap: Tap = untapped,
) -> Iterator[float]:
    """The lecture's loop; at each of `steps` the loss of the batch that comes next, in nats a character."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    ids = facts.ids_of(0)  # (N,)
    for step in range(max(steps) + 1):
        starts = batches.draw_starts(len(ids), T, BATCH, dice)  # (B,)
        inputs, goals = pair(ids[starts[:, None] + torch.arange(T + 1)])  # (B, T), (B, T)
        loss = F.cross_entropy(model(inputs, tap).flatten(0, 1), goals.flatten())  # ()
        if step in steps:
            yield loss.item()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
