"""What the film's optimizers do is what torch's and the project's own do, over all steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gpt.config import TrainConfig
from gpt.lessons.training_step import film, rules
from gpt.lessons.training_step.rules import BETA1, BETA2, DECAY, EPS
from gpt.lessons.training_step.setting import OPTIMIZERS, STEPS, WEIGHTS
from gpt.train.muon import Muon
from gpt.train.optimizers import optimizers

RATE, SEED = 0.03, 3


def made(name: str, weight: nn.Parameter, rate: float, decay: float) -> torch.optim.Optimizer:
    """The optimizer that others wrote."""
    if name == "sgd":
        return torch.optim.SGD([weight], lr=rate)
    if name == "muon":
        train = TrainConfig()
        return Muon([weight], rate, train.muon_momentum, train.muon_steps, decay, torch.float64)
    common: dict[str, Any] = {"lr": rate, "betas": (BETA1, BETA2), "eps": EPS, "weight_decay": decay}
    return (torch.optim.Adam if name == "adam" else torch.optim.AdamW)([weight], **common)


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("rate", [0.003, 0.3])
def test_every_step_is_that_of_torch(name: str, rate: float) -> None:
    found = film.play(name, rate, SEED)
    for key, weight in WEIGHTS.items():
        rule = rules.rule_of(weight, name, rate)
        w = nn.Parameter(found.steps[0][key].old.clone())
        optimizer = made(rule.name, w, rule.rate, rule.decay)
        for step in found.steps:
            w.grad = step[key].gradient.clone()
            optimizer.step()
            assert (w - step[key].new).abs().max() < 1e-10, (name, key, step[key].count)


def test_moments_are_those_that_torch_keeps() -> None:
    found, key = film.play("adamw", RATE, SEED), "expand"
    w = nn.Parameter(found.steps[0][key].old.clone())
    optimizer = made("adamw", w, RATE, DECAY)
    for step in found.steps:
        w.grad = step[key].gradient.clone()
        optimizer.step()
        assert torch.allclose(optimizer.state[w]["exp_avg"], step[key].stages["m"], atol=1e-15)
        assert torch.allclose(optimizer.state[w]["exp_avg_sq"], step[key].stages["v"], atol=1e-15)


@pytest.mark.parametrize("name", ["adamw", "muon"])
def test_the_trainer_takes_the_same_steps(name: str) -> None:
    """The very optimizers of a run, groups and decays included; at one rate for both, as the film has it."""
    found = film.play(name, RATE, SEED)
    model = film.model_of(found.weights(0))
    train = TrainConfig(optimizer=name, lr=RATE, muon_lr=RATE)
    parts = [optimizer for optimizer, _ in optimizers(model, train)]
    for taken in range(1, STEPS + 1):
        model.zero_grad()
        logits = model(found.inputs)
        nn.functional.cross_entropy(logits.flatten(0, 1), found.targets.flatten()).backward()
        for part in parts:
            part.step()
        now = film.named(model)
        # Muon's iteration computes in 32 bits there.
        far = max(float((now[key] - found.weights(taken)[key]).abs().max()) for key in WEIGHTS)
        assert far < (1e-9 if name == "adamw" else 1e-4), taken


def test_the_iteration_moves_singular_values_only() -> None:
    """s becomes a s + b s^3 + c s^5 in its own direction; tall matrices are turned, and turned back."""
    a, b, c = rules.QUINTIC
    for shape in ((6, 6), (24, 6), (6, 24)):
        matrix = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
        values = rules.singular_values(matrix)
        assert values[0] == pytest.approx((torch.linalg.svdvals(matrix) / matrix.norm()).tolist())
        for one, after in zip(values, values[1:], strict=False):
            s = np.array(one)
            assert after == pytest.approx((a * s + b * s**3 + c * s**5).tolist(), abs=1e-12)
        assert all(0.5 < s < 1.3 for s in values[-1])
        assert [tuple(x.shape) for x in rules.iterates(matrix)] == [shape] * 6


def test_adams_first_step_is_the_rate_whatever_the_gradient() -> None:
    """And an all-zero momentum stays zero in Muon."""
    gradient = torch.tensor([[1e-3, -5.0, 0.0]], dtype=torch.float64)
    step = rules.step(rules.Rule("adamw", 0.1, 0.0), torch.zeros_like(gradient), gradient, None)
    assert step.new.tolist()[0] == pytest.approx([-0.1, 0.1, 0.0], abs=2e-6)
    none: Tensor = torch.zeros(2, 3, dtype=torch.float64)
    assert not rules.step(rules.Rule("muon", 0.1, 0.1), none, none, None).new.any()
