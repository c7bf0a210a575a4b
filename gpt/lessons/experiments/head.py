"""Lesson 4, one head: the lecture's weights, why scores are divided, and a trained head with its scores sharpened.

Source: Vaswani et al. 2017, section 3.2.1 (scores of wide heads grow, so divide by sqrt(D)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt.analysis import entropy
from gpt.config import GPTConfig
from gpt.edits import ScaleSite
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.ladder import HEAD
from gpt.lessons.passage import Passage, read
from gpt.model import CausalSelfAttention
from gpt.tap import Recorder


def lecture_weights() -> Tensor:
    """The lecture's `wei[0]`, (T, T): one head of 16 numbers on a random text of width 32, not scaled, T = 8.

    The head is head 0 of our attention with two; its weights are drawn as the lecture draws them.
    """
    generator = Generator().manual_seed(SEED)
    x = torch.randn(4, 8, 32, generator=generator)  # (B, T, C)
    config = GPTConfig(n_embd=32, n_head=2, block_size=8, attention_scale=False)
    attn = CausalSelfAttention(config).requires_grad_(False)
    for linear in (attn.key, attn.query, attn.value):  # the lecture's order
        head = torch.empty(16, 32)  # (D, C)
        nn.init.kaiming_uniform_(head, a=math.sqrt(5), generator=generator)  # (D, C), what nn.Linear begins with
        linear.weight[:16] = head  # (D, C)
    recorder = Recorder()
    attn(x, recorder)
    return recorder.seen["pattern"][0][0, 0]  # (T, T)


@dataclass(frozen=True)
class Scaling:
    """What one factor does to random scores of heads with D numbers."""

    label: str
    factor: float  # what q·k is multiplied by
    variance: float  # of the scores
    bits: float  # mean entropy of the weights over T tokens
    largest: float  # mean of the largest weight


def scalings(D: int = 16, C: int = 32, T: int = 8, rows: int = 4_000, seed: int = SEED) -> list[Scaling]:
    """Four factors on the same scores of random q, k ~ normal(0, 1).

    A sum of D products of such numbers has variance D, so only 1/sqrt(D) brings it back to 1. The last factor,
    `* C ** 0.5` for the lecture's `* C ** -0.5`, is a slip of the sign that is printed in one tutorial.
    """
    if D < 1 or C < 1 or T < 1:
        raise ValueError(f"D, C and T are {D}, {C} and {T}, but each must be 1 or more.")

    generator = Generator().manual_seed(seed)
    q = torch.randn(rows, 1, D, generator=generator)  # (rows, 1, D)
    k = torch.randn(rows, T, D, generator=generator)  # (rows, T, D)
    scores = (q @ k.transpose(-2, -1))[:, 0]  # (rows, T)

    factors = {
        "q·k / sqrt(D)": D**-0.5,
        "q·k / sqrt(C)": C**-0.5,
        "q·k": 1.0,
        "q·k · sqrt(C), the slip": C**0.5,
    }
    found = []
    for label, factor in factors.items():
        weights = F.softmax(scores * factor, dim=-1)  # (rows, T)
        bits, largest = entropy.bits(weights).mean(), weights.amax(dim=-1).mean()  # (), ()
        found.append(Scaling(label, factor, float((scores * factor).var()), float(bits), float(largest)))
    return found


LECTURE_SCORES = (0.1, -0.2, 0.3, -0.2, 0.5)  # what the lecture sharpens


def sharpen(scores: tuple[float, ...] = LECTURE_SCORES, factor: float = 8.0) -> Tensor:
    """Softmax of scores times a factor, (N,): the larger the factor, the more of it goes to the largest score."""
    return F.softmax(torch.tensor(scores) * factor, dim=-1)  # (N,)


def sharpened(text: str, factor: float) -> Passage:
    """The trained rung on a text, the scores of both its heads multiplied: 1 is as trained, 0 the mean of the past."""
    edits = [ScaleSite("scores", layer, factor) for layer in range(HEAD.n_layer)] if factor != 1 else []
    return read("head", text, edits)


@dataclass(frozen=True)
class Sharpness:
    """How hard the choices of a head are on a text."""

    bits: float  # mean entropy of its rows
    largest: float  # mean of the largest weight of a row
    itself: float  # mean weight of a token on itself, the first left out: it has no choice


def sharpness(pattern: Tensor) -> Sharpness:
    """What a pattern (T, T) looks like in numbers. Raises ValueError for fewer than two tokens."""
    if len(pattern) < 2:
        raise ValueError("One character alone has nothing to choose from: type two or more.")
    own = pattern.diagonal()[1:].mean()  # ()
    return Sharpness(float(entropy.bits(pattern).mean()), float(pattern.amax(dim=-1).mean()), float(own))
