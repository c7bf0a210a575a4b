"""In which numbers linear layers compute in a training: as asked, or as a probe of this machine finds quicker.

bf16 is more than twice as fast as fp32 where the processor knows it, and up to fifteen times slower where it does not.
A run keeps what it began with, wherever it goes on.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Generator
from torch.nn import functional as F

from gpt.config import GPTConfig, TrainConfig
from gpt.record import clean
from gpt.train.device import device_of
from gpt.train.products import ByOneDNN, library

GAIN = 1.25  # so many times quicker is bf16 where it is chosen: it rounds to three digits, and must be worth it
MOST_ROWS, MOST_WIDTH = 512, 256  # of the probe's layer: beyond them the ratio changes no more, and the probe gets long
LEAST_ROUNDS, ROUNDS, SECONDS = 3, 15, 0.25  # it ends after `ROUNDS`, or so many seconds
KINDS = ("fp32", "bf16")


@dataclass(frozen=True)
class Choice:
    """What a training's linear layers compute in, by which library, and why."""

    precision: str  # fp32 or bf16
    library: str = ""  # of fp32: see gpt/train/products.py
    reason: str = ""  # one sentence with the measured figures; "" for what was asked for
    device: str = "cpu"  # its kind

    def to_json(self) -> dict[str, str]:
        """As the description of a run and the records of its models tell it."""
        told = {"precision": self.precision, "library": self.library, "precision_reason": self.reason}
        return {name: value for name, value in told.items() if value}

    def computing(self) -> AbstractContextManager[object]:
        """What a model's forward pass is entered in."""
        if self.precision == "bf16":
            return torch.autocast(self.device, torch.bfloat16)
        return ByOneDNN() if self.library == "oneDNN" else nullcontext()


def choose(config: GPTConfig, train: TrainConfig, before: Mapping[str, Any] | None = None) -> Choice:
    """What such a training computes in: as asked; of "auto", as the run began, or else as the probe finds.

    `before` is the description of the run that it goes on with.
    """
    if train.precision != "auto":
        return choice_of(train.precision, config, train)
    began = clean(before or {})
    if began.get("precision") in KINDS:
        return choice_of(began["precision"], config, train, began.get("precision_reason", ""))
    if (device := device_of(train.device).type) != "cpu":
        return choice_of("fp32", config, train, f"fp32, because the probe knows the processor only, not {device}.")
    rows, width = min(train.batch_size * config.block_size, MOST_ROWS), min(config.n_embd, MOST_WIDTH)
    kind, reason = decide(*probe(rows, width, library(config, train)))
    return choice_of(kind, config, train, reason)


def choice_of(precision: str, config: GPTConfig, train: TrainConfig, reason: str = "") -> Choice:
    """A known precision with the library that goes with it."""
    device = device_of(train.device).type
    by = library(config, train) if precision == "fp32" and device == "cpu" else ""
    return Choice(precision, by, reason, device)


def decide(fp32: float, bf16: float) -> tuple[str, str]:
    """The better of two measured times in seconds, and the sentence that says so."""
    kind = "bf16" if bf16 * GAIN <= fp32 else "fp32"
    took = f"here a layer like the model's takes {1_000 * bf16:.2f} ms in bf16 and {1_000 * fp32:.2f} ms in fp32"
    return kind, f"{kind}, because {took}."


@cache
def probe(rows: int, width: int, library: str) -> tuple[float, float]:
    """Median seconds of an MLP's first layer over (rows, width), forward and back, in fp32 and in bf16.

    They take turns, so that whatever else the machine does slows both. Measured once a process.
    """
    generator = Generator().manual_seed(0)
    x = torch.randn(rows, width, generator=generator, requires_grad=True)  # (N, C)
    weight = torch.randn(4 * width, width, generator=generator, requires_grad=True)  # (4C, C)
    rivals = Choice("fp32", library), Choice("bf16")
    times: tuple[list[float], list[float]] = ([], [])
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter  # the first knows no neighbours
    began = time.perf_counter()
    while len(times[0]) <= ROUNDS and (len(times[0]) <= LEAST_ROUNDS or time.perf_counter() - began < SECONDS):
        for rival, spent in zip(rivals, times, strict=True):
            started = clock()
            with rival.computing():
                y = F.linear(x, weight)  # (N, 4C)
            torch.autograd.grad(y, (x, weight), torch.ones_like(y))
            spent.append(clock() - started)
    return statistics.median(times[0][1:]), statistics.median(times[1][1:])  # the first ones warm up
