"""Lesson 12, encoder, decoder and cross-attention: the mask on and off, what leaks, and who looks at whom."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from gpt.model import GPT, CausalSelfAttention
from gpt.train import batches as data
from gpt.train.evaluate import mean_loss
from gpt.weights import with_config


@dataclass(frozen=True)
class Leak:
    """One model judged with and without its mask, in nats a character."""

    masked: float  # no token sees the future
    open: float  # every token sees the whole window, and with it the answer


def leak(model: GPT, ids: Tensor, batches: int = 4) -> Leak:
    """Judge a model on ids (N,) both ways. One that learned without the mask has learned to look the answer up."""
    masked, opened = (mean_loss(with_config(model, causal=causal), ids, batches) for causal in (True, False))
    return Leak(masked, opened)


@torch.no_grad()
def by_place(model: GPT, ids: Tensor, most: int = 200) -> Tensor:
    """Mean loss at each place of the window (T,), over at most `most` windows of ids (N,).

    The last place alone has its answer outside of the window: there a leaking model must guess.
    """
    inputs, targets = data.windows(ids, model.config.block_size)  # (W, T), (W, T)
    logits = model(inputs[:most])  # (W', T, V)
    return F.cross_entropy(logits.transpose(1, 2), targets[:most], reduction="none").mean(dim=0)  # (T,)


# ---- who looks at whom


@dataclass(frozen=True)
class Cross:
    """Decoder tokens that look at encoder tokens."""

    pattern: Tensor  # (H, T, S) each row sums to 1, no mask
    out: Tensor  # (T, C) what each decoder token takes from them


@torch.no_grad()
def cross_attention(attn: CausalSelfAttention, asking: Tensor, answering: Tensor) -> Cross:
    """Attention whose questions come from one text and whose answers from another (Vaswani et al. 2017, 3.2.3).

    asking (T, C) from the decoder, answering (S, C) from the encoder. The only change from self-attention: keys and
    values are made of `answering`. Nothing there lies in the future, so there is no mask.
    """
    q = attn.split(attn.query(asking[None]))[0]  # (H, T, D)
    k = attn.split(attn.key(answering[None]))[0]  # (H, S, D)
    v = attn.split(attn.value(answering[None]))[0]  # (H, S, D)
    pattern = F.softmax(q @ k.transpose(-2, -1) * attn.scale, dim=-1)  # (H, T, S)
    z = (pattern @ v).transpose(0, 1).flatten(1)  # (T, C)
    return Cross(pattern, attn.project(z))  # out (T, C)


def masks(T: int = 6, S: int = 4) -> dict[str, Tensor]:
    """Who may look at whom, bool, row = who looks: encoder (T, T), decoder (T, T), cross-attention (T, S)."""
    everyone = torch.ones(T, T, dtype=torch.bool)  # (T, T)
    return {"encoder": everyone, "decoder": everyone.tril(), "cross-attention": torch.ones(T, S, dtype=torch.bool)}


def in_window(T: int) -> float:
    """What share of a window's answers stands in the window itself: all but the last, (T - 1) / T."""
    if T < 1:
        raise ValueError(f"T is {T}, but a window must hold 1 token or more.")
    return (T - 1) / T
