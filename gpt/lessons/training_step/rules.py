"""What an optimizer makes of a gradient, spelled out: SGD, Adam, AdamW and Muon, each a pure function of its operands.

Sources: Kingma & Ba 2015 (Adam: algorithm 1), Loshchilov & Hutter 2019 (AdamW: algorithm 2, decay apart from the
gradient), Jordan et al. 2024 (Muon: algorithm 1). Betas, decay, momentum, iterations are the defaults of TrainConfig.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from gpt.config import TrainConfig
from gpt.lessons.training_step.setting import Weight
from gpt.train.muon import QUINTIC, SMALLEST

DEFAULT = TrainConfig()
BETA1, BETA2, EPS = 0.9, DEFAULT.beta2, 1e-8  # gpt/train/optimizers.py and torch.optim
MOMENTUM, ITERATIONS, DECAY = DEFAULT.muon_momentum, DEFAULT.muon_steps, DEFAULT.weight_decay


@dataclass(frozen=True)
class Rule:
    """How one tensor is stepped: "sgd", "adam", "adamw" or "muon", at which rate, with which decay."""

    name: str
    rate: float
    decay: float


@dataclass(frozen=True)
class Step:
    """One tensor's step, every number of it; all tensors have the weight's shape (R, S) or (S,)."""

    rule: Rule
    count: int  # t: which step it is, from 1
    old: Tensor
    gradient: Tensor
    stages: Mapping[str, Tensor]  # what lies between gradient and new weight, in order
    new: Tensor


def rule_of(weight: Weight, optimizer: str, rate: float) -> Rule:
    """How an optimizer of the film treats a tensor, as gpt/train/optimizers.py groups them.

    Vectors (gains) are never decayed; with Muon, AdamW steps what is no matrix of a block, and decays none of it.
    """
    matrix = len(weight.shape) > 1
    if optimizer == "muon":
        return Rule("muon", rate, DECAY) if weight.in_block else Rule("adamw", rate, 0.0)
    return Rule(optimizer, rate, DECAY if matrix and optimizer != "sgd" else 0.0)


def step(rule: Rule, old: Tensor, gradient: Tensor, before: Step | None) -> Step:
    """The step after `before` (None: the first one)."""
    count = before.count + 1 if before else 1
    stages = {"sgd": sgd, "adam": adam, "adamw": adam, "muon": muon}[rule.name](rule, old, gradient, before, count)
    kept = old * (1.0 - rule.rate * rule.decay) if rule.name in ("adamw", "muon") else old  # (R, S)
    return Step(rule, count, old, gradient, stages, kept + stages["move"])


def sgd(rule: Rule, old: Tensor, gradient: Tensor, before: Step | None, count: int) -> dict[str, Tensor]:
    """Straight downhill: the gradient times the rate."""
    return {"move": -rule.rate * gradient}  # (R, S)


def adam(rule: Rule, old: Tensor, gradient: Tensor, before: Step | None, count: int) -> dict[str, Tensor]:
    """The mean gradient by its usual size. Adam adds the decay to the gradient; AdamW takes it off the weight."""
    used = gradient + rule.decay * old if rule.name == "adam" else gradient  # (R, S)
    m, v = (before.stages["m"], before.stages["v"]) if before else (torch.zeros_like(old), torch.zeros_like(old))
    m = BETA1 * m + (1.0 - BETA1) * used  # (R, S)
    v = BETA2 * v + (1.0 - BETA2) * used.square()  # (R, S)
    m_hat = m / (1.0 - BETA1**count)  # (R, S): both began at 0, which is made good
    v_hat = v / (1.0 - BETA2**count)  # (R, S)
    move = -rule.rate * m_hat / (v_hat.sqrt() + EPS)  # (R, S)
    decayed = {"used": used} if rule.name == "adam" else {}
    return {**decayed, "m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "move": move}


def muon(rule: Rule, old: Tensor, gradient: Tensor, before: Step | None, count: int) -> dict[str, Tensor]:
    """The momentum of a matrix, made orthogonal: no direction is stepped further than another."""
    mean = before.stages["momentum"] if before else torch.zeros_like(old)  # (R, S)
    mean = MOMENTUM * mean + (1.0 - MOMENTUM) * gradient  # (R, S)
    ahead = MOMENTUM * mean + (1.0 - MOMENTUM) * gradient  # (R, S), Nesterov's look ahead
    even = iterates(ahead)[-1]  # (R, S)
    R, S = old.shape
    return {"momentum": mean, "ahead": ahead, "even": even, "move": -rule.rate * math.sqrt(max(1.0, R / S)) * even}


def iterates(matrix: Tensor) -> list[Tensor]:
    """Newton and Schulz: the matrix (R, S) over its length, then X <- a X + b (X X^T) X + c (X X^T)^2 X, each time.

    Every singular value s becomes a s + b s^3 + c s^5, the directions stay.
    """
    turned = matrix.shape[0] > matrix.shape[1]
    x = matrix.mT if turned else matrix  # (R, S), R <= S
    found = [x / x.norm().clamp(min=SMALLEST)]
    a, b, c = QUINTIC
    for _ in range(ITERATIONS):
        x = found[-1]
        gram = x @ x.mT  # (R, R)
        found.append(a * x + (b * gram + c * gram @ gram) @ x)
    return [x.mT if turned else x for x in found]


def singular_values(matrix: Tensor) -> list[list[float]]:
    """The singular values of each iterate, the largest of the first one first: ITERATIONS + 1 times min(R, S).

    Each value keeps its place: it is followed by its direction, for the iteration can change their order.
    """
    U, _, Vh = torch.linalg.svd(matrix, full_matrices=False)  # (R, K), (K,), (K, S)
    return [torch.einsum("rk,rs,ks->k", U, x, Vh).tolist() for x in iterates(matrix)]


def spectrum(matrix: Tensor) -> list[float]:
    """The singular values of a matrix (R, S), the largest first."""
    return torch.linalg.svdvals(matrix).tolist()
