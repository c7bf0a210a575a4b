"""Several continuations of one prompt, each by its own seed, written at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from gpt.batch import Batch, Continuation, Reads
from gpt.config import SamplingConfig, need_int
from gpt.sampling import choose, generator

LONGEST, MOST = 1_000, 64


def continuations(
    model: Reads, ids: Sequence[int], settings: SamplingConfig, n: int, seeds: Sequence[int]
) -> tuple[Continuation, ...]:
    """What `sampling.generate` writes with each of these seeds: n tokens each, all in one pass a token.

    Raises as `generate` does, and ConfigError for another n or more than 64 seeds.
    """
    need_int("n", n, 0, LONGEST)
    need_int("seeds", len(seeds), 0, MOST)
    if not n or not seeds:
        return tuple(Continuation((), 0.0) for _ in seeds)
    draws = [generator(seed) for seed in seeds]
    batch, rows = Batch(model, ids), torch.zeros(len(seeds), dtype=torch.int64)  # (B,) all go on from the one prompt
    total, block = torch.zeros(len(seeds), dtype=torch.float64), model.config.block_size  # (B,)
    for _ in range(n):
        logits = batch.logits()  # (1 or B, V)
        seen = batch.tokens[:, -block:].tolist() if settings.repetition_penalty != 1 else [()] * len(batch.tokens)
        ids_of = [choose(logits[row], settings, draw, seen=seen[row]) for row, draw in zip(rows, draws, strict=True)]
        chosen = torch.tensor(ids_of)  # (B,)
        total += logits.double().log_softmax(dim=1)[rows, chosen]  # (B,)
        batch.grow(rows, chosen)
        rows = torch.arange(len(seeds))  # (B,)
    written = batch.tokens[:, len(ids) :].tolist()
    return tuple(Continuation(tuple(row), nats) for row, nats in zip(written, total.tolist(), strict=True))
