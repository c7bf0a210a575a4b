"""A training step stays as quick as it is: processor time beside a plain loop and beside torch's own Muon, in turns.

The floors are some two thirds of what was measured on each kind of machine (AMD: fp32 1.5, bf16 2.4 times the plain
loop; Intel: fp32 1.0, where MKL leaves nothing to gain, bf16 with AMX 1.65), so that noise passes and a step that takes
half as long again does not.
"""

from __future__ import annotations

import time

import pytest
import torch
from torch import Generator, Tensor
from torch.optim import Optimizer

from gpt import corpora
from gpt.bench import training
from gpt.bench.training import MODEL, Steps, measure, processor, take_turns
from gpt.config import TrainConfig
from gpt.train.muon import Muon
from gpt.train.precision import choose
from gpt.train.products import library

SIZES = TrainConfig(batch_size=training.BATCH)
FLOORS = {"oneDNN": {"fp32": 1.1, "bf16": 1.7}, "torch": {"fp32": 0.7, "bf16": 1.15}}
ROUNDS, WARM = 15, 3


@pytest.fixture(scope="module")
def steps() -> Steps:
    return measure(corpora.load("shakespeare"), ("adamw",), ROUNDS, warm=WARM)


def test_a_step_beside_the_plain_loop(steps: Steps) -> None:
    floors = FLOORS[library(MODEL, SIZES)]
    for optimizer, precision in steps.ours:
        assert steps.gain(optimizer, precision) >= floors[precision], (precision, processor(), steps)


def test_auto_takes_the_quicker_one(steps: Steps) -> None:
    """Whatever the probe saw in its part of a second, the whole step agrees with."""
    assert steps.choice.precision in {precision for _, precision in steps.ours}
    quickest = min(seconds for _, seconds in steps.ours.items())
    assert steps.ours["adamw", steps.choice.precision] <= 1.1 * quickest


def test_muon_s_step_beside_torch_s_own() -> None:
    """Of all the matrices of the benchmark's model, in the numbers that suit this machine."""
    precision = choose(MODEL, SIZES).precision
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32

    def matrices() -> list[Tensor]:
        generator = Generator().manual_seed(0)
        shapes = [(128, 128)] * 16 + [(512, 128)] * 4 + [(128, 512)] * 4
        made = [torch.randn(shape, generator=generator).requires_grad_() for shape in shapes]
        for weight in made:
            weight.grad = torch.randn(weight.shape, generator=generator)
        return made

    rivals: dict[str, Optimizer] = {
        "ours": Muon(matrices(), 0.02, 0.95, 5, 0.1, dtype),
        "torch's": torch.optim.Muon(matrices(), lr=0.02),
    }
    found = take_turns({name: rival.step for name, rival in rivals.items()}, ROUNDS, time.process_time, WARM)
    assert found["ours"] <= found["torch's"], (precision, found)
