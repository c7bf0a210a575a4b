"""How quick a training step is beside a plain fp32 PyTorch loop of the same model, and which numbers suit the machine.

Rivals take turns step by step, so that whatever else the machine does slows all of them, and medians are compared.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Generator

from gpt.bench.baseline import PlainLoop
from gpt.config import GPTConfig, TrainConfig
from gpt.corpora import Corpus
from gpt.tokenizers import CharTokenizer
from gpt.train.allocator import keep_freed_memory
from gpt.train.precision import Choice, choose
from gpt.train.trainer import Trainer, own_randomness

BATCH, CONTEXT = 12, 64
MODEL = GPTConfig(block_size=CONTEXT, n_layer=4, n_head=4, n_embd=128)
GOALS = {"fp32": 1.3, "bf16": 1.65}  # times as quick as the plain loop, both with AdamW
WARM = 8  # first turns that are not counted


@dataclass(frozen=True)
class Steps:
    """Median seconds of a step: of the plain loop, and of ours by optimizer and precision."""

    choice: Choice  # what "auto" takes here
    plain: float
    ours: Mapping[tuple[str, str], float]

    def gain(self, optimizer: str, precision: str) -> float:
        """How many times as quick as the plain loop ours is."""
        return self.plain / self.ours[optimizer, precision]


def take_turns(
    rivals: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float], warm: int = WARM
) -> dict[str, float]:
    """Median seconds of each rival over `rounds` rounds; who goes first changes from round to round."""
    names, times = list(rivals), {name: [] for name in rivals}
    for i in range(rounds + warm):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            started = clock()
            rivals[name]()
            if i >= warm:
                times[name].append(clock() - started)
    return {name: statistics.median(values) for name, values in times.items()}


def measure(corpus: Corpus, optimizers: tuple[str, ...], rounds: int, threads: int = 1, warm: int = WARM) -> Steps:
    """Steps of both sides in turns, in fp32 and in what "auto" takes; in processor time where that is one thread's."""
    keep_freed_memory()  # as the trainer does: for both sides
    tokenizer = CharTokenizer.from_text(corpus.text)
    config = GPTConfig.from_json({**MODEL.to_json(), "vocab_size": tokenizer.vocab_size})
    with own_randomness(1337, threads):
        choice = choose(config, TrainConfig(batch_size=BATCH, threads=threads))
        ours: dict[tuple[str, str], Trainer] = {}
        for optimizer in optimizers:
            for precision in sorted({"fp32", choice.precision}):
                recipe = TrainConfig(batch_size=BATCH, optimizer=optimizer, precision=precision, threads=threads)
                ours[optimizer, precision] = Trainer(corpus, tokenizer, config, recipe)
        plain = PlainLoop(config, next(iter(ours.values())).ids, BATCH, Generator().manual_seed(1337))
        rivals = {" ".join(key): trainer.step for key, trainer in ours.items()}
        clock = time.process_time if threads == 1 else time.perf_counter
        seconds = take_turns({"plain": plain.step, **rivals}, rounds, clock, warm)
    return Steps(choice, seconds["plain"], {key: seconds[" ".join(key)] for key in ours})


def processor() -> str:
    """Which processor this is, and what it knows of what matters here."""
    found = torch.cpu.get_capabilities()
    known = [word for word, flag in (("bf16", "avx512_bf16"), ("AMX", "amx_bf16")) if found.get(flag)]
    instructions = " ".join([torch.backends.cpu.get_cpu_capability(), *known])
    return f"{found.get('cpu_name', 'unknown processor')}, {instructions}"
