"""The lecture's training loop, for tiny models that learn by a slip's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from gpt.lessons import facts
from gpt.lessons.ladder import BIGRAM
from gpt.lessons.slips import subjects
from gpt.lessons.slips.measured import BATCH, BIGRAM_RATE, BIGRAM_STEPS
from gpt.lessons.slips.targets import shifted
from gpt.lessons.tutorials.plain_adamw import PlainAdamW
from gpt.model import GPT
from gpt.tap import Tap, untapped
from gpt.train import batches

Pair = Callable[[Tensor], tuple[Tensor, Tensor]]  # windows (B, T + 1) -> what is read and what is to be foretold


def learn(
    model: GPT,
    T: int,
    rate: float,
    steps: Sequence[int],
    dice: Generator,
    pair: Pair = shifted,
    tap: Tap = untapped,
) -> Iterator[float]:
    """The lecture's loop; at each of `steps` the loss of the batch that comes next, in nats a character."""
    optimizer = PlainAdamW(model.parameters(), lr=rate)
    ids = facts.ids_of(0)  # (N,)
    for step in range(max(steps) + 1):
        starts = batches.draw_starts(len(ids), T, BATCH, dice)  # (B,)
        inputs, goals = pair(ids[starts[:, None] + torch.arange(T + 1)])  # (B, T), (B, T)
        loss = F.cross_entropy(model(inputs, tap).flatten(0, 1), goals.flatten())  # ()
        if step in steps:
            yield loss.item()
        loss.backward()
        optimizer.step()


def table(seed: int, steps: tuple[int, ...] = BIGRAM_STEPS) -> dict[str, list[float]]:
    """The lecture's bigram table, trained as it is printed: batches of 32 windows of 8, AdamW at 0.001.

    Its losses on held-out text, and how far the furthest of its numbers has moved by then.
    """
    dice = Generator().manual_seed(seed)
    model, ids = GPT(BIGRAM, dice, std=1.0), subjects.windows(BIGRAM.block_size, 64)  # (W, T + 1)
    start = model.token_embedding.weight.detach().clone()  # (V, V)
    found: dict[str, list[float]] = {"losses": [], "moved": []}
    for _ in learn(model, 8, BIGRAM_RATE, steps, dice):  # it comes by before each of these steps
        found["losses"].append(subjects.loss(model, ids).item())
        found["moved"].append(float((model.token_embedding.weight.detach() - start).abs().max()))
    return found
