"""Lessons 4 and 5, heads of attention: the lecture's weights, why scores are divided, and what many heads change.

Source: Vaswani et al. 2017, section 3.2.1 (scores of wide heads grow, so divide by sqrt(D)), 3.2.2 (many heads).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt.analysis import entropy
from gpt.analysis.heads import describe
from gpt.config import GPTConfig
from gpt.lessons.experiments.numbers import SEED
from gpt.lessons.ladder import HEAD, HEADS
from gpt.model import GPT, CausalSelfAttention
from gpt.tap import Recorder
from gpt.trace import trace


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
    variance: float  # of the scores; softmax wants about 1
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


# ---- many heads


@dataclass(frozen=True)
class Heads:
    """One wide head beside many narrow ones."""

    one: int  # parameters of the attention of all layers with one head
    many: int  # and with many: the same, they are only cut otherwise
    patterns_one: int  # how many patterns of attention a token has: layers x heads
    patterns_many: int


def attention_size(config: GPTConfig) -> int:
    """How many numbers the attention of one layer learns."""
    return sum(weight.numel() for weight in CausalSelfAttention(config).parameters())


def one_and_many(one: GPTConfig = HEAD, many: GPTConfig = HEADS) -> Heads:
    """What more heads cost, and what they bring."""
    L = one.n_layer
    return Heads(L * attention_size(one), L * attention_size(many), L * one.n_head, L * many.n_head)


@dataclass(frozen=True)
class Seen:
    """What one head looks at on this text."""

    layer: int
    head: int
    phrase: str  # "62 % on the previous token"
    bits: float  # mean entropy of its rows


def heads_on(model: GPT, ids: list[int], tokens: list[str]) -> list[Seen]:
    """Every head's main target on ids (T,), and how spread its attention is."""
    pattern = trace(model, ids).pattern  # (L, H, T, T)
    spread = entropy.bits(pattern).mean(dim=-1)  # (L, H)
    roles = describe(pattern, tokens)
    return [Seen(role.layer, role.head, role.phrase, float(spread[role.layer, role.head])) for role in roles]


def concatenated(model: GPT, ids: list[int], layer: int = 0) -> float:
    """How far the heads' outputs, side by side and projected, are from what attention adds: only rounding.

    Concatenating and projecting is the same as projecting each head alone and adding up.
    """
    found, D = trace(model, ids), model.config.head_size
    weights = {name: weight.detach() for name, weight in model.named_parameters()}
    matrix = weights[f"blocks.{layer}.attn.project.weight"]  # (C, C)
    parts = [z @ matrix[:, h * D : (h + 1) * D].T for h, z in enumerate(found.z[layer])]  # H times (T, C)
    total = torch.stack(parts).sum(dim=0)  # (T, C)
    if model.config.bias:
        total = total + weights[f"blocks.{layer}.attn.project.bias"]  # (T, C)
    return float((total - found.attn_out[layer]).abs().max())
