"""Silencing every head of a model in turn, in one batched pass: what the page What matters waits for first."""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple

import torch
from torch import Generator

from gpt.analysis.knockout import edge_lines, head_lines, measured, token_lines
from gpt.bench.writing import loaded

TOKENS = 64
GOAL = 400.0  # milliseconds for 36 heads


class Probed(NamedTuple):
    """Milliseconds of CPU time, medians."""

    parts: int  # heads
    heads: float
    tokens: float  # all of them, one at a time
    edges: float  # those of the last token, at all layers together


def measure(name: str, rounds: int) -> Probed:
    """Every head, every token and every edge of a bundled model by itself, over 64 tokens, on one thread."""
    model = loaded(name).model
    drawn = torch.randint(model.config.vocab_size, (TOKENS,), generator=Generator().manual_seed(1337))  # (T,)
    ids, last = drawn.tolist(), TOKENS - 1
    heads = head_lines(model.config, "zero")
    kinds = (heads, token_lines(range(TOKENS), "zero"), edge_lines(model.config, TOKENS, last))
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    times = [list[float]() for _ in kinds]
    for _ in range(rounds + 1):
        for lines, found in zip(kinds, times, strict=True):
            began = time.thread_time()
            measured(model, ids, lines, last)
            found.append(1_000 * (time.thread_time() - began))
    torch.set_num_threads(before)
    return Probed(len(heads), *(statistics.median(found[1:]) for found in times))  # the first one warms up
